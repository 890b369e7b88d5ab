package org.xfchat.rollback;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.Sql;
import org.xfchat.upgrade.Progress;
import org.xfchat.upgrade.Upgrade;

/**
 * The old tables as rows are copied back into them. A row that one of them cannot have is never dropped in silence: it is tried
 * with what the table has against it changed, and what is left then is counted, and noted for the next upgrade.
 */
final class OldTables {
    /**
     * Rows of ours that were written since.
     *
     * @param table the old table
     * @param key of a row, as {@code legacy.upgrade_actions} names it
     * @param written {@code from} and {@code where} of those that the old table does not have
     * @param possible which of these it can have, as further conditions
     */
    record Rows(String table, String key, String written, String possible) {}

    /**
     * Values for rows that the table refused.
     *
     * @param values our expressions by its columns
     * @param what of how many rows is said that they have these
     */
    record Instead(Map<String, String> values, String what) {}

    private final Sql sql;
    private final Progress progress;
    private final Map<String, OldTable> tables;
    private final List<Rollback.Copied> copied = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();

    OldTables(Sql sql, Progress progress) throws SQLException {
        this.sql = sql;
        this.progress = progress;
        this.tables = OldTable.all(sql);
        sql.run(
                "create table legacy." + Upgrade.LEFT_BEHIND + " (source text not null, row_id text not null)",
                "comment on table legacy." + Upgrade.LEFT_BEHIND
                        + " is 'Rows that a rollback could not copy into the old tables: they are only in the tables beside this one.'");
    }

    Map<String, OldTable> byName() {
        return tables;
    }

    @Nullable
    OldTable get(String table) {
        return tables.get(table);
    }

    /** What cannot go back, a line each; more are added. */
    List<String> lost() {
        return lost;
    }

    Rollback.Outcome outcome() {
        return new Rollback.Outcome(copied, lost);
    }

    /** Whether an old table has a row with these values, in SQL: columns and expressions in turn. */
    String known(String table, String... pairs) {
        OldTable there = tables.get(table);
        if (there == null) {
            return "false";
        }
        List<String> equal = new ArrayList<>();
        for (int pair = 0; pair < pairs.length; pair += 2) {
            equal.add(there.equal(pairs[pair], pairs[pair + 1]));
        }
        return "exists (select from legacy." + table + " o where " + String.join(" and ", equal) + ")";
    }

    void begin(String table) {
        progress.begin(table);
    }

    void done(String table, long back, long left) {
        copied.add(new Rollback.Copied(table, back, left));
        progress.end(back);
    }

    /**
     * Copies rows.
     *
     * @param values our expressions by its columns
     * @param instead what is tried for those that it refuses, one after the other
     */
    void copy(Rows rows, Map<String, String> values, Instead... instead) throws SQLException {
        String table = rows.table();
        begin(table + ", copied back");
        long written = sql.count(rows.written());
        OldTable there = tables.get(table);
        long back = 0;
        if (there != null && written > 0) {
            back = sql.run(there.insert(values, rows.written() + rows.possible()));
            for (Instead each : instead) {
                if (back < written && each.values().keySet().stream().allMatch(there::has)) {
                    Map<String, String> changed = new LinkedHashMap<>(values);
                    changed.putAll(each.values());
                    long more = sql.run(there.insert(changed, rows.written() + rows.possible()));
                    back += more;
                    if (more > 0) {
                        lost.add(more + " " + each.what());
                    }
                }
            }
        }
        done(table, back, written - back);
        if (written > back) {
            noteLeft(rows, written - back, there != null);
        }
        if (there != null && back > 0 && !there.unknown(values).isEmpty()) {
            lost.add("columns of " + table + " that XFChat does not know have an empty value in new rows: "
                    + String.join(", ", there.unknown(values)));
        }
    }

    private void noteLeft(Rows rows, long left, boolean isThere) throws SQLException {
        sql.run("insert into legacy." + Upgrade.LEFT_BEHIND + " (source, row_id) select " + Sql.literal(rows.table())
                + ", " + rows.key() + " from " + rows.written());
        lost.add(left + " rows for " + rows.table() + ": "
                + (isThere
                        ? "the account or conversation that they belong to is not in the old tables, or a unique"
                                + " constraint there is against them"
                        : "the old database has no such table")
                + "; the next migrate takes them from the tables that are kept");
    }
}
