package org.xfchat.rollback;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.xfchat.database.SchemaState;
import org.xfchat.database.Sql;
import org.xfchat.database.SqlFailure;
import org.xfchat.database.StartUpFailure;
import org.xfchat.upgrade.Progress;
import org.xfchat.upgrade.Strays;
import org.xfchat.upgrade.TextTable;
import org.xfchat.upgrade.Upgrade;

/**
 * Puts the old tables back where they were, with what was written since the upgrade, so that the old server runs on them.
 * Ours are kept as they are in a schema of their own; nothing is deleted, and the database can be upgraded again.
 *
 * <p>Everything happens in the caller's transaction: after a failure, and in a dry run, the caller rolls it back.
 */
final class Rollback {
    /** What the migrations make in the clean schema, in the order in which it is locked. */
    static final List<String> TABLES = Stream.concat(
                    SchemaState.TABLES.stream(), Stream.of(SchemaState.COMPATIBILITY, SchemaState.HISTORY))
            .toList();

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * Rows of one old table.
     *
     * @param table the old table, or which of its rows
     * @param rows those that are there now
     * @param left those written since that cannot be there
     */
    record Copied(String table, long rows, long left) {}

    /**
     * What was done.
     *
     * @param copied per old table; of those that the old database does not have, too
     * @param lost what cannot go back, a line each; empty for nothing
     */
    record Outcome(List<Copied> copied, List<String> lost) {
        Outcome {
            copied = List.copyOf(copied);
            lost = List.copyOf(lost);
        }

        /** For the operator's screen, with line ends. */
        String text() {
            List<List<String>> rows = new ArrayList<>();
            for (Copied each : copied) {
                rows.add(List.of(each.table(), Long.toString(each.rows()), Long.toString(each.left())));
            }
            StringBuilder text = new StringBuilder(
                    TextTable.render(List.of("old table", "rows copied back", "cannot go back"), rows));
            text.append("\n\n")
                    .append(lost.isEmpty() ? "Everything written since is there.\n" : "What cannot go back:\n");
            lost.forEach(line -> text.append("  ").append(line).append('\n'));
            return text.toString();
        }
    }

    private final Sql sql;
    private final Strays strays;
    private final String schema;
    private final Consumer<String> say;
    private final Progress progress;
    private final Duration patience;

    /**
     * @param schema where the clean tables are
     * @param say takes a line per step
     */
    Rollback(Connection connection, String schema, Consumer<String> say) {
        this(connection, schema, say, PATIENCE);
    }

    /** @param patience how long to wait for other sessions */
    Rollback(Connection connection, String schema, Consumer<String> say, Duration patience) {
        this.sql = new Sql(connection);
        this.strays = new Strays(connection, schema);
        this.schema = schema;
        this.say = say;
        this.progress = new Progress(say);
        this.patience = patience;
    }

    /**
     * Does it, once.
     *
     * @throws StartUpFailure when it cannot be done, in one line
     */
    Outcome run() throws SQLException {
        try {
            refuseIncomplete();
            lock();
            strays.removeEmpty(true, say);
            strays.refuseTaken(TABLES);
            sql.run("set constraints all immediate");
            allowWrites();
            List<List<String>> triggers = suspendTriggers();
            Outcome outcome = new RollbackCopy(sql, schema, progress).run();
            for (List<String> trigger : triggers) {
                sql.run(trigger.get(1));
            }
            exchange();
            return outcome;
        } catch (SQLException failed) {
            throw explained(failed);
        }
    }

    private String ours(String table) {
        return Sql.name(schema) + '.' + Sql.name(table);
    }

    private boolean isMissing(String table) throws SQLException {
        return sql.ask("select to_regclass(" + Sql.literal(table) + ")") == null;
    }

    private void refuseIncomplete() throws SQLException {
        if (isMissing("legacy.users")
                || isMissing(ours("upgrades"))
                || sql.ask("select 1 from " + ours("upgrades") + " limit 1") == null) {
            throw new StartUpFailure(
                    "this database was not upgraded from the old XFChat, or drop-legacy removed the old"
                            + " tables: restore the backup instead");
        }
        List<String> missing = new ArrayList<>();
        for (String table : TABLES) {
            if (isMissing(ours(table))) {
                missing.add(schema + '.' + table);
            }
        }
        if (isMissing("legacy.upgrade_actions")) {
            missing.add("legacy.upgrade_actions");
        }
        if (!missing.isEmpty()) {
            throw new StartUpFailure("the upgraded database is not complete, it has no " + String.join(", ", missing)
                    + ": nothing was changed, restore the backup instead");
        }
    }

    private void lock() throws SQLException {
        sql.run("set local lock_timeout = " + patience.toMillis());
        List<String> all = new ArrayList<>(TABLES.stream().map(this::ours).toList());
        all.addAll(sql.list("select format('legacy.%I', relname) from pg_class"
                + " where relnamespace = 'legacy'::regnamespace and relkind in ('r', 'p') order by 1"));
        progress.begin("locked " + all.size() + " tables");
        sql.run("lock table " + String.join(", ", all) + " in access exclusive mode");
        progress.end();
    }

    /** Removes what keeps the old tables as the upgrade found them. */
    private void allowWrites() throws SQLException {
        for (String trigger : sql.list("""
                select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
                from pg_trigger t join pg_class c on c.oid = t.tgrelid
                where c.relnamespace = 'legacy'::regnamespace and t.tgparentid = 0
                  and (t.tgname = 'upgrade_read_only' or t.tgfoid = to_regprocedure('legacy.upgrade_refuse_write()'))
                """)) {
            sql.run(trigger);
        }
        sql.run("drop function if exists legacy.upgrade_refuse_write()");
    }

    /**
     * Switches the old server's triggers off: a closed account's row has its old {@code updated_at}.
     *
     * @return per trigger what was done, and what undoes it
     */
    private List<List<String>> suspendTriggers() throws SQLException {
        List<List<String>> triggers = sql.rows("""
                select format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname),
                       format('alter table %s enable %s trigger %I', t.tgrelid::regclass,
                              case t.tgenabled when 'A' then 'always' else '' end, t.tgname)
                from pg_trigger t join pg_class c on c.oid = t.tgrelid
                where c.relnamespace = 'legacy'::regnamespace and not t.tgisinternal and t.tgparentid = 0
                  and t.tgenabled in ('O', 'A')
                """);
        for (List<String> trigger : triggers) {
            sql.run(trigger.get(0));
        }
        return triggers;
    }

    private void exchange() throws SQLException {
        sql.run("set constraints all immediate");
        String kept = "rolled_back";
        for (int number = 2; sql.ask("select to_regnamespace(" + Sql.literal(kept) + ")") != null; number++) {
            kept = "rolled_back_" + number;
        }
        progress.begin("moved the new tables to schema " + kept
                + ", where the next migrate finds what the old ones have no place for");
        sql.run(
                "create schema " + kept,
                "comment on schema " + kept
                        + " is 'xfchat: the new tables as a rollback found them; migrate takes from here"
                        + " what could not go back, so drop it only when nobody will migrate again'");
        for (String table : TABLES) {
            sql.run("alter table " + ours(table) + " set schema " + kept);
        }
        sql.run(
                "alter table legacy.upgrade_actions set schema " + kept,
                "alter table legacy." + Upgrade.LEFT_BEHIND + " set schema " + kept);
        progress.end();
        List<String> moves = sql.list(LEFT.formatted(Sql.literal(Sql.name(schema))));
        progress.begin("moved " + moves.size() + " old tables and functions back to schema " + schema);
        for (String move : moves) {
            sql.run(move);
        }
        sql.run("drop schema legacy");
        progress.end();
    }

    /** What moves everything out of schema {@code legacy}; sequences of columns and members of extensions move along. */
    private static final String LEFT = """
            with target(name) as (values (%1$s)),
                 bound as (select classid, objid, deptype from pg_depend where objsubid = 0)
            select format('alter table legacy.%%I set schema %%s', c.relname, name) from pg_class c, target
            where c.relnamespace = 'legacy'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
              and not exists (select from bound b where b.classid = 'pg_class'::regclass and b.objid = c.oid
                              and (b.deptype = 'e' or b.deptype in ('a', 'i') and c.relkind = 'S'))
            union all
            select format('alter routine %%s set schema %%s', p.oid::regprocedure, name) from pg_proc p, target
            where p.pronamespace = 'legacy'::regnamespace
              and not exists (select from bound b where b.classid = 'pg_proc'::regclass and b.objid = p.oid
                              and b.deptype in ('e', 'i'))
            union all
            select format('alter type %%s set schema %%s', t.oid::regtype, name) from pg_type t, target
            where t.typnamespace = 'legacy'::regnamespace
              and (t.typtype in ('e', 'd', 'r')
                   or t.typtype = 'c' and exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
              and not exists (select from bound b where b.classid = 'pg_type'::regclass and b.objid = t.oid
                              and b.deptype = 'e')
            """;

    private static SQLException explained(SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        String message = String.valueOf(failed.getMessage()).lines().findFirst().orElse("");
        if (SqlFailure.of(failed).filter(SqlFailure.TRANSIENT::equals).isPresent()) {
            throw new StartUpFailure(
                    "another session uses the tables, nothing was changed: stop every server, then try" + " again",
                    failed);
        }
        String why = switch (state) {
            case "42501" -> "a privilege is missing, whoever rolls back must own the old tables and the new ones";
            case "42P07", "42710", "42723" -> "the place of something old was taken since";
            case "2BP01", "0A000" -> "something of somebody else's depends on what must move";
            default -> state.startsWith("23") || state.startsWith("22") ? "an old table refuses what is new" : "";
        };
        if (!why.isEmpty()) {
            throw new StartUpFailure(why + ": nothing was changed (" + message + ")", failed);
        }
        return failed;
    }
}
