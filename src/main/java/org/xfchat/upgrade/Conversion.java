package org.xfchat.upgrade;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.xfchat.database.Migrations;
import org.xfchat.database.Sql;
import org.xfchat.database.StartUpFailure;
import org.xfchat.upgrade.Check.Finding;

/**
 * Turns an old database into ours: the old tables step aside into schema {@code legacy}, the clean schema is built where they
 * were, their rows are copied. All of it in the transaction that the caller has begun, and commits or rolls back.
 */
final class Conversion {
    /** Where the old tables go. */
    static final String LEGACY = "legacy";

    /** The trigger that keeps an old table as it is. */
    static final String READ_ONLY_TRIGGER = "upgrade_read_only";

    /** Messages per statement: progress is shown between two of them, and a statement's memory is bounded by them. */
    private static final long SLICE = 100_000;

    private final Connection connection;
    private final Sql sql;
    private final String schema;
    private final Migrations migrations;
    private final Consumer<String> say;
    private final Progress progress;

    Conversion(Connection connection, String schema, Migrations migrations, Consumer<String> say) {
        this.connection = connection;
        this.sql = new Sql(connection);
        this.schema = schema;
        this.migrations = migrations;
        this.say = say;
        this.progress = new Progress(say);
    }

    /**
     * Converts, and verifies before the caller may commit.
     *
     * @param found what the old database is, for the report
     * @return the report, which is stored as well
     * @throws StartUpFailure when something is in the way, or the result is not what it must be; the caller rolls back
     */
    Report run(String found) throws SQLException {
        long start = System.nanoTime();
        LegacyTables old = LegacyTables.in(connection, schema);
        progress.begin("moving " + old.tables().size() + " old tables to schema " + LEGACY);
        sql.run("set local lock_timeout = '10s'", "set local work_mem = '64MB'", lock(old));
        move(old);
        progress.end();
        progress.begin("building the schema");
        migrations.buildFirst(OneConnection.inTransaction(connection), schema);
        sql.run("set local search_path = " + Sql.name(schema));
        progress.end();
        LegacyTables moved = LegacyTables.in(connection, LEGACY);
        copy(moved);
        keep(moved);
        Report report = Report.store(connection, found, Duration.ofNanos(System.nanoTime() - start));
        progress.begin("verifying");
        verify();
        progress.end();
        return report;
    }

    private String lock(LegacyTables old) {
        return "lock table " + old.tables().stream().map(old::qualified).collect(Collectors.joining(", "))
                + " in access exclusive mode";
    }

    private void move(LegacyTables old) throws SQLException {
        if (sql.holds("select to_regnamespace('" + LEGACY + "') is not null") && !isEmptied()) {
            throw new StartUpFailure("there is a schema " + LEGACY + " already, which is where the old tables would go:"
                    + " rename it or move it out of the way");
        }
        List<String> functions = functions(old);
        sql.run("create schema " + LEGACY);
        sql.run(Script.text("move.sql"));
        for (String table : old.tables()) {
            sql.run("alter table " + old.qualified(table) + " set schema " + LEGACY);
        }
        for (String function : functions) {
            sql.run("alter function " + function + " set schema " + LEGACY);
        }
    }

    /** What the old tables' triggers call, extensions' functions excepted; with the schema and the arguments' types. */
    private List<String> functions(LegacyTables old) throws SQLException {
        return sql.rows("""
                        select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
                        from pg_proc p
                        join pg_namespace n on n.oid = p.pronamespace
                        where n.nspname = ? and p.prorettype = cast('trigger' as regtype)
                          and (p.proname = 'update_updated_at_column'
                               or exists (select from pg_trigger t join pg_class c on c.oid = t.tgrelid
                                          where t.tgfoid = p.oid and not t.tgisinternal
                                            and c.relnamespace = n.oid and c.relname = any(?)))
                          and not exists (select from pg_depend d where d.classid = cast('pg_proc' as regclass)
                                            and d.objid = p.oid and d.deptype = 'e')
                        """, schema, old.tables().toArray(String[]::new)).stream()
                .map(row -> row.get(0))
                .toList();
    }

    /** Whether the schema was there, and had nothing in it; it is away then. */
    private boolean isEmptied() throws SQLException {
        boolean empty = sql.holds("""
                select pg_has_role(nspowner, 'member')
                   and not exists (select from pg_class where relnamespace = n.oid)
                   and not exists (select from pg_proc where pronamespace = n.oid)
                   and not exists (select from pg_type where typnamespace = n.oid)
                from pg_namespace n where nspname = '""" + LEGACY + "'");
        if (empty) {
            sql.run("drop schema " + LEGACY);
        }
        return empty;
    }

    private void copy(LegacyTables moved) throws SQLException {
        progress.begin("statistics of the old tables");
        // Nobody may ever have gathered them, and without them some of what follows would take hours.
        for (String table : moved.tables()) {
            sql.run("analyze " + moved.qualified(table));
        }
        progress.end();
        OldTimes times = OldTimes.untilNow(connection);
        moved.createViews(connection, times, false);
        RolledBack rolledBack = RolledBack.find(connection, say);
        rolledBack.gather();
        moved.createViews(connection, times, true);
        moved.noteTimes(connection, times);
        step("users", "1-users.sql");
        step("conversations", "2-conversations.sql");
        step("the messages' order", "3-order.sql");
        copyMessages("chat_messages", "chat_messages", "4-messages.sql");
        copyMessages("messages, into the room", "messages", "4-room.sql");
        if (rolledBack.hasMessages()) {
            copyMessages("messages that only a rollback had kept", "rolled_back", "4-kept.sql");
        }
        step("conversation_participants", "5-participants.sql");
        step("friend_requests and contacts", "6-friends.sql");
        step("usage_tracking", "7-usage.sql");
        rolledBack.finish();
        progress.begin("statistics of the new tables");
        sql.run("analyze users, conversations, conversation_participants, chat_messages, contacts, friend_requests");
        progress.end();
    }

    private void step(String name, String file) throws SQLException {
        progress.begin(name);
        sql.run(Script.text(file));
        progress.end();
    }

    private void copyMessages(String name, String origin, String file) throws SQLException {
        progress.begin(name);
        List<String> range = sql.rows(
                        "select coalesce(min(n), 1), coalesce(max(n), 0) from placed where origin = ?", origin)
                .get(0);
        long first = Long.parseLong(range.get(0));
        long last = Long.parseLong(range.get(1));
        // By their place in the old table: any other join would read all of it for every slice.
        sql.run("set local enable_hashjoin = off", "set local enable_mergejoin = off");
        try (PreparedStatement slice = connection.prepareStatement(Script.text(file))) {
            for (long from = first; from <= last; from += SLICE) {
                long to = Math.min(last, from + SLICE - 1);
                slice.setLong(1, from);
                slice.setLong(2, to);
                slice.executeUpdate();
                if (to < last) {
                    progress.part(to - first + 1, last - first + 1);
                }
            }
        }
        sql.run("set local enable_hashjoin = on", "set local enable_mergejoin = on");
        progress.end(last - first + 1);
    }

    /** Makes the old tables read-only. */
    private void keep(LegacyTables moved) throws SQLException {
        for (String table : moved.tables()) {
            sql.run("create trigger " + READ_ONLY_TRIGGER + " before insert or update or delete or truncate on "
                    + moved.qualified(table) + " for each statement execute function " + LEGACY
                    + ".upgrade_refuse_write()");
        }
    }

    private void verify() throws SQLException {
        List<Finding> violated = new Check(connection, schema)
                .data().stream().filter(finding -> finding.violations() > 0).toList();
        if (!violated.isEmpty()) {
            throw new StartUpFailure("what the conversion made is not complete, and nothing of it was kept: "
                    + violated.stream()
                            .map(finding -> finding.invariant() + " (" + finding.violations() + ")")
                            .collect(Collectors.joining("; ")));
        }
    }
}
