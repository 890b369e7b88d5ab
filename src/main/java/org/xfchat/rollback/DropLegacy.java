package org.xfchat.rollback;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.xfchat.database.Sql;
import org.xfchat.database.SqlFailure;
import org.xfchat.database.StartUpFailure;

/**
 * Drops the old tables for good; from then on there is no rollback. In the caller's transaction, which the caller rolls
 * back after a failure.
 */
final class DropLegacy {
    /**
     * An old table that is gone.
     *
     * @param quarantined those of its rows that the upgrade could not place, and that are nowhere any more
     */
    record Dropped(String table, long rows, long quarantined) {}

    private static final String MEMBERS =
            "select format('legacy.%%I', relname) from pg_class where relnamespace = 'legacy'::regnamespace"
                    + " and relkind in (%s) order by oid desc";

    private final Sql sql;
    private final Consumer<String> say;

    /** @param say takes a line per table */
    DropLegacy(Connection connection, Consumer<String> say) {
        this.sql = new Sql(connection);
        this.say = say;
    }

    /**
     * Does it, once.
     *
     * @param force also within 30 days of the upgrade
     * @return the tables, by name
     * @throws StartUpFailure when it must not be done, in one line
     */
    List<Dropped> run(boolean force) throws SQLException {
        if (sql.ask("select to_regnamespace('legacy')") == null) {
            throw new StartUpFailure("there is no schema legacy: nothing to drop");
        }
        if (sql.ask("select to_regclass('upgrades')") == null
                || sql.ask("select to_regclass('legacy.upgrade_actions')") == null
                || sql.ask("select 1 from upgrades limit 1") == null) {
            throw new StartUpFailure("schema legacy is not what an upgrade leaves, and was not touched");
        }
        String from = sql.ask("select to_char(max(upgraded_at + interval '30 days') at time zone 'UTC',"
                + " 'YYYY-MM-DD HH24:MI \"UTC\"') from upgrades having max(upgraded_at) + interval '30 days' > now()");
        if (from != null && !force) {
            throw new StartUpFailure("the upgrade is less than 30 days old, and without the old tables there is no"
                    + " rollback: drop them from " + from + " on, or now with --force");
        }
        try {
            return drop();
        } catch (SQLException failed) {
            throw explained(failed);
        }
    }

    private List<Dropped> drop() throws SQLException {
        sql.run("set local lock_timeout = '10s'");
        List<String> tables = sql.list(MEMBERS.formatted("'r', 'p'"));
        sql.run("lock table " + String.join(", ", tables) + " in access exclusive mode");
        List<Dropped> dropped = new ArrayList<>();
        for (String table : sql.list("select relname from pg_class where relnamespace = 'legacy'::regnamespace"
                + " and relkind in ('r', 'p') and relname <> 'upgrade_actions' order by 1")) {
            dropped.add(new Dropped(
                    table,
                    sql.count("legacy." + Sql.name(table)),
                    sql.count(
                            "legacy.upgrade_actions where action = 'quarantined' and source = " + Sql.literal(table))));
        }
        // One by one, the newest first: they may stand on each other.
        for (String view : sql.list("select format('drop %s legacy.%I',"
                + " case relkind when 'm' then 'materialized view' else 'view' end, relname) from pg_class"
                + " where relnamespace = 'legacy'::regnamespace and relkind in ('v', 'm') order by oid desc")) {
            sql.run(view);
        }
        dropAll("table", tables);
        dropAll("foreign table", sql.list(MEMBERS.formatted("'f'")));
        dropAll(
                "routine",
                sql.list("select p.oid::regprocedure from pg_proc p"
                        + " where p.pronamespace = 'legacy'::regnamespace and not exists (select from pg_depend d"
                        + " where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i'))"));
        dropAll("sequence", sql.list(MEMBERS.formatted("'S'")));
        dropAll(
                "type",
                sql.list("select t.oid::regtype from pg_type t left join pg_class c on c.oid = t.typrelid"
                        + " where t.typnamespace = 'legacy'::regnamespace"
                        + " and (t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and c.relkind = 'c')"));
        sql.run("drop schema legacy");
        for (Dropped each : dropped) {
            say.accept("dropped " + each.table() + ": " + each.rows() + " rows"
                    + (each.quarantined() == 0
                            ? ""
                            : ", of which " + each.quarantined() + " in quarantine are nowhere any more"));
        }
        return dropped;
    }

    /** In one statement, because they may depend on each other. */
    private void dropAll(String kind, List<String> names) throws SQLException {
        if (!names.isEmpty()) {
            sql.run("drop " + kind + " " + String.join(", ", names));
        }
    }

    private static SQLException explained(SQLException failed) {
        if (SqlFailure.of(failed).filter(SqlFailure.TRANSIENT::equals).isPresent()) {
            throw new StartUpFailure(
                    "another session uses the old tables, nothing was dropped: try again when that session has ended",
                    failed);
        }
        String state = String.valueOf(failed.getSQLState());
        ServerErrorMessage server = failed instanceof PSQLException own ? own.getServerErrorMessage() : null;
        if (server != null && state.equals("2BP01")) {
            throw new StartUpFailure(
                    "something depends on the old tables, nothing was dropped: "
                            + Objects.requireNonNullElse(server.getDetail(), String.valueOf(server.getMessage()))
                                    .lines()
                                    .reduce((one, other) -> one + "; " + other)
                                    .orElse(""),
                    failed);
        }
        if (server != null && state.equals("42501")) {
            throw new StartUpFailure(
                    "a privilege is missing, nothing was dropped: the user must own the old tables ("
                            + server.getMessage() + ")",
                    failed);
        }
        return failed;
    }
}
