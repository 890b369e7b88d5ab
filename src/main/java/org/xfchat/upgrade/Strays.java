package org.xfchat.upgrade;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.xfchat.database.SchemaState;
import org.xfchat.database.Sql;
import org.xfchat.database.StartUpFailure;
import org.xfchat.upgrade.Check.Finding;

/**
 * What an old server leaves among our tables when somebody starts it by mistake after an upgrade: its history of migrations,
 * tables that only it has, its trigger function. Accounts that it opened are ours like all others. What is empty can go; a row
 * is somebody's, and stays until somebody has looked at it.
 */
public final class Strays {
    /**
     * A table that the old server has and we have not.
     *
     * @param columns by which it is known
     * @param advice what its rows are, and what a person can do about them
     */
    private record OldOne(String name, Set<String> columns, String advice) {}

    private static final List<OldOne> TABLES = List.of(
            new OldOne(
                    LegacyTables.OLD_HISTORY,
                    Set.of("version", "checksum"),
                    "only what the old server believes to have migrated, nobody's data: drop table %s"),
            known(
                    "messages",
                    "what people said in the old server's room: look at them (select * from %1$s), then put them away"
                            + " (create schema by_mistake; alter table %1$s set schema by_mistake) or drop the table"),
            known("version_history", "versions that nothing refers to: drop table %s"));

    private static OldOne known(String table, String advice) {
        return new OldOne(table, Objects.requireNonNull(SchemaState.LEGACY_COLUMNS.get(table)), advice);
    }

    private static final String FUNCTION = "update_updated_at_column";

    private final Sql sql;
    private final String schema;

    /** @param schema where our tables are */
    public Strays(Connection connection, String schema) {
        this.sql = new Sql(connection);
        this.schema = schema;
    }

    /**
     * One of them.
     *
     * @param name with its schema, as SQL reads it
     * @param rows how many it has; 0 where it is another role's
     * @param removal what drops it; empty where it is another role's
     * @param advice what a person can do about it where it has rows
     */
    private record Stray(String name, long rows, List<String> removal, String advice) {
        String text() {
            if (rows > 0) {
                return name + " has " + TextTable.grouped(rows) + " rows, " + advice;
            }
            return removal.isEmpty()
                    ? name + " belongs to another role, which may drop it"
                    : name + " is left over and empty: migrate removes it";
        }
    }

    private List<Stray> found() throws SQLException {
        List<Stray> found = new ArrayList<>();
        for (OldOne table : TABLES) {
            String name = Sql.name(schema) + '.' + table.name();
            if (sql.holds("select count(*) = " + table.columns().size()
                    + " from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind = 'r'"
                    + " where c.oid = to_regclass(" + Sql.literal(name)
                    + ") and not attisdropped and attname in ("
                    + Sql.literals(table.columns()) + ")")) {
                boolean own = sql.holds("select pg_has_role(relowner, 'usage') from pg_class where oid = to_regclass("
                        + Sql.literal(name) + ")");
                found.add(new Stray(
                        name,
                        own ? sql.count(name) : 0,
                        own ? List.of("drop table " + name) : List.of(),
                        table.advice().formatted(name)));
            }
        }
        String function = Sql.name(schema) + '.' + FUNCTION + "()";
        // Somebody may have given tables of his own a function of that name.
        if (sql.holds("""
                select to_regprocedure(%1$s) is not null and bool_and(coalesce(named, true))
                   and (bool_or(named) or to_regprocedure('legacy.%2$s()') is not null)
                from (values (true)) as one
                left join (select c.relnamespace = to_regnamespace(%3$s) and c.relname in (%4$s) as named
                           from pg_trigger t join pg_class c on c.oid = t.tgrelid
                           where t.tgfoid = to_regprocedure(%1$s) and not t.tgisinternal) as triggers on true
                """.formatted(
                Sql.literal(function), FUNCTION, Sql.literal(Sql.name(schema)), Sql.literals(LegacyTables.names())))) {
            List<String> removal = new ArrayList<>(sql.list("select format('drop trigger %I on %s', tgname,"
                    + " tgrelid::regclass) from pg_trigger where tgfoid = to_regprocedure(" + Sql.literal(function)
                    + ") and not tgisinternal and tgparentid = 0"));
            removal.add("drop function " + function);
            if (!sql.holds(
                    "select pg_has_role(proowner, 'usage') and not exists (select from pg_trigger t join pg_class c"
                            + " on c.oid = t.tgrelid where t.tgfoid = p.oid and not pg_has_role(c.relowner, 'usage'))"
                            + " from pg_proc p where oid = to_regprocedure(" + Sql.literal(function) + ")")) {
                removal.clear();
            }
            found.add(new Stray("function " + function, 0, removal, ""));
        }
        return found;
    }

    /**
     * Removes what is empty, in the caller's transaction, and says of the rest what to do.
     *
     * @param keep whether the caller will commit
     */
    public void removeEmpty(boolean keep, Consumer<String> say) throws SQLException {
        for (Stray stray : found()) {
            if (stray.rows() > 0 || stray.removal().isEmpty()) {
                say.accept("an old server was started on these tables: " + stray.text());
                continue;
            }
            sql.run(stray.removal().toArray(String[]::new));
            say.accept("an old server was started on these tables: " + stray.name() + ", which is empty, "
                    + (keep ? "was removed" : "would be removed"));
        }
    }

    /**
     * Refuses to go on where an old table has to come back to a place that has been taken.
     *
     * @param ours our own tables, which will be away by then
     * @throws StartUpFailure that names each, and what to do
     */
    public void refuseTaken(List<String> ours) throws SQLException {
        List<String> taken = new ArrayList<>();
        List<Stray> known = found();
        for (String table : sql.list("select relname from pg_class o where relnamespace = to_regnamespace('legacy')"
                + " and relkind in ('r', 'p', 'v', 'm', 'f', 'S') and relname not in ("
                + Sql.literals(ours) + ")"
                + " and exists (select from pg_class t where t.relname = o.relname and t.relnamespace = to_regnamespace("
                + Sql.literal(Sql.name(schema)) + ")) order by 1")) {
            String name = Sql.name(schema) + '.' + table;
            taken.add(
                    known.stream()
                            .filter(stray -> stray.name().equals(name))
                            .map(Stray::text)
                            .findFirst()
                            .orElse(
                                    name
                                            + " is not the old server's: move it to another schema, with its indexes (alter table ... set schema)"));
        }
        if (!taken.isEmpty()) {
            throw new StartUpFailure("the place of something old was taken since, and nothing was changed: "
                    + String.join("; ", taken) + "; then try again");
        }
    }

    /** For {@code check}. */
    Finding finding() throws SQLException {
        List<Stray> found = found();
        return new Finding(
                "no old server was started on these tables",
                TABLES.size() + 1,
                found.size(),
                String.join("; ", found.stream().map(Stray::text).toList()));
    }
}
