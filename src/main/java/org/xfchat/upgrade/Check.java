package org.xfchat.upgrade;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.xfchat.database.Migrations;
import org.xfchat.database.Sql;

/**
 * What must be true of a database of ours, and of one that was converted compared with its old tables. Writes nothing that
 * stays.
 */
final class Check {
    private static final String SCRATCH = "xfchat_check";

    /** By which a check knows what an earlier one left behind that was killed. */
    private static final String SCRATCH_COMMENT = "xfchat check: may be dropped";

    private final Connection connection;
    private final Sql sql;
    private final String schema;

    Check(Connection connection, String schema) {
        this.connection = connection;
        this.sql = new Sql(connection);
        this.schema = schema;
    }

    /**
     * An invariant and what was found.
     *
     * @param examined how many rows, or other things, it was looked for in
     * @param violations how many of them violate it
     * @param sample some of these, or what they have in common
     */
    record Finding(String invariant, long examined, long violations, String sample) {
        List<String> cells() {
            return List.of(
                    violations == 0 ? "ok" : "VIOLATED",
                    invariant,
                    TextTable.grouped(examined),
                    TextTable.grouped(violations),
                    sample);
        }

        static String table(List<Finding> findings) {
            return TextTable.render(
                    List.of("", "invariant", "examined", "violations", "for example"),
                    findings.stream().map(Finding::cells).toList());
        }
    }

    /**
     * What concerns rows; the comparison with the old tables where they are still there. In the caller's transaction, which
     * should have one snapshot.
     */
    List<Finding> data() throws SQLException {
        sql.run("set local search_path = " + Sql.name(schema), "set local work_mem = '64MB'");
        List<Finding> findings = new ArrayList<>(findings(Script.text("check.sql")));
        if (sql.holds("select to_regclass('legacy.upgrade_actions') is not null")) {
            LegacyTables.in(connection, Conversion.LEGACY)
                    .createViews(connection, OldTimes.ofUpgrade(connection), false);
            findings.addAll(findings(Script.text("check-legacy.sql")));
        }
        findings.add(new Strays(connection, schema).finding());
        return findings;
    }

    /**
     * Each invariant is a query with a comment line before it that names it; it answers the number of rows examined, of
     * violations, and some of these.
     */
    private List<Finding> findings(String file) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        for (String invariant : file.split("(?m)^-- invariant: ", -1)) {
            int end = invariant.indexOf('\n');
            if (!invariant.startsWith("--") && end > 0) {
                List<String> row = sql.rows(invariant.substring(end)).get(0);
                findings.add(new Finding(
                        invariant.substring(0, end).strip(),
                        Long.parseLong(row.get(0)),
                        Long.parseLong(row.get(1)),
                        row.get(2)));
            }
        }
        return findings;
    }

    /**
     * The schema against what the migrations make, which are run once more into a schema that is dropped again; in
     * transactions of their own, as at a start, because some migrations must be outside of any. Tables that are not ours do not count.
     *
     * @throws SQLException also when a schema of that name is somebody else's
     */
    Finding catalog(Migrations migrations) throws SQLException {
        List<String> expected;
        List<String> actual;
        if (SCRATCH_COMMENT.equals(
                sql.ask("select obj_description(to_regnamespace('" + SCRATCH + "'), 'pg_namespace')"))) {
            sql.run("drop schema " + SCRATCH + " cascade");
        }
        // Both or neither: they are sent, and committed, together.
        sql.run("create schema " + SCRATCH + "; comment on schema " + SCRATCH + " is '" + SCRATCH_COMMENT + "'");
        try {
            // Alone in the path: a migration that drops an index before it makes it would drop the one in use.
            sql.run("set search_path = " + SCRATCH);
            migrations.buildNewest(OneConnection.outsideOfTransaction(connection), SCRATCH);
            expected = describe(SCRATCH);
            actual = describe(schema);
        } finally {
            sql.run("drop schema " + SCRATCH + " cascade", "reset search_path");
        }
        List<String> different = new ArrayList<>();
        expected.stream()
                .filter(object -> !actual.contains(object))
                .forEach(object -> different.add("missing: " + object));
        actual.stream()
                .filter(object -> !expected.contains(object))
                .forEach(object -> different.add("unexpected: " + object));
        return new Finding(
                "the catalog is what the migrations make",
                expected.size(),
                different.size(),
                different.isEmpty() ? "" : different.get(0));
    }

    /** Columns, constraints, indexes and triggers of our tables, in words that do not name the schema. */
    private List<String> describe(String of) throws SQLException {
        sql.run("set search_path = " + Sql.name(of));
        return sql.rows(Script.text("catalog.sql"), of, SCRATCH).stream()
                .map(row -> row.get(0))
                .toList();
    }
}
