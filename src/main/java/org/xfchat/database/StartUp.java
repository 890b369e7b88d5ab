package org.xfchat.database;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * What must be true of the database before the port opens. Each step logs one line that begins with {@code [STARTUP]}; each
 * failure is a {@link StartUpFailure} that leaves the database as it was.
 */
@Singleton
public class StartUp {
    private static final Logger LOG = Logger.getLogger(StartUp.class);

    /** What the connection of {@link #open} calls itself. */
    public static final String APPLICATION = "xfchat start-up";

    private final DirectDatabase direct;
    private final DatabaseConfig config;
    private final DataSource pool;
    private final Migrations migrations;

    StartUp(DirectDatabase direct, DatabaseConfig config, DataSource pool, Migrations migrations) {
        this.direct = direct;
        this.config = config;
        this.pool = pool;
        this.migrations = migrations;
    }

    /** Checks the server and the schema, and brings the schema up to date where {@code MIGRATE_AT_START} says so. */
    public void serve() {
        run(config.migrateAtStart());
    }

    /** Checks the server and brings the schema up to date. */
    public void migrate() {
        run(true);
    }

    /**
     * What {@link #migrate} would do, in one line; nothing is changed.
     *
     * @throws StartUpFailure where that would be refused, as far as it can be known before
     */
    public String pending() {
        try (Opened database = open()) {
            List<String> pending = migrations.pending(database);
            if (!pending.isEmpty()) {
                refuseTablesOfOthers(database.connection());
                return "would apply " + String.join(", ", pending);
            }
            tables(database.connection());
            usePool();
            return "nothing to migrate";
        } catch (SQLException failed) {
            throw direct.refusal(failed);
        }
    }

    /** Migrations change tables, which only their owner may; PostgreSQL says so when it is tried. */
    private static void refuseTablesOfOthers(Connection connection) throws SQLException {
        List<String> foreign = new Sql(connection).list("""
                select relname from pg_class
                where relnamespace = current_schema()::regnamespace and relname = any (?) and not pg_has_role(relowner, 'usage')
                order by relname limit 1
                """, names());
        if (!foreign.isEmpty()) {
            throw new StartUpFailure(
                    "a privilege is missing: the user that migrates must be owner of table " + foreign.get(0));
        }
    }

    /** As one argument. */
    private static Object names() {
        return SchemaState.TABLES.toArray(String[]::new);
    }

    private void run(boolean migrate) {
        try (Opened database = open(migrate)) {
            migrations.bringUpToDate(database, migrate);
            LOG.infof("[STARTUP] schema verified: %s", stored(database.connection()));
            database.server().connectionsShort(config.poolSize()).ifPresent(LOG::warn);
        } catch (SQLException failed) {
            throw direct.refusal(failed);
        }
        usePool();
    }

    /**
     * A database that can be used, as it was found. Whoever else opens it waits until this is closed.
     *
     * @param connection beside the pool, without its timeouts
     */
    public record Opened(Connection connection, Server server, SchemaState state) implements AutoCloseable {
        /** Where the service's tables are, or will be. */
        public String schema() {
            return Objects.requireNonNull(server.schema());
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    /**
     * Connects, checks the server and looks at what is there, before anybody else does.
     *
     * @throws StartUpFailure when it cannot be reached or must not be used
     */
    public Opened open() {
        return open(true);
    }

    private Opened open(boolean alone) {
        try {
            Connection connection = direct.connect(APPLICATION, Map.of());
            try {
                Server server = Server.inspect(connection);
                LOG.infof(
                        "[STARTUP] connected to %s, PostgreSQL %s, schema %s",
                        direct.target(), server.version(), server.schema());
                server.check(config.allowUnsafeServer());
                direct.refusePooler(connection, alone);
                if (alone) {
                    migrations.lock(connection);
                } else {
                    migrations.awaitOthers(connection);
                }
                return new Opened(connection, server, SchemaState.read(connection));
            } catch (SQLException | StartUpFailure failed) {
                connection.close();
                throw failed;
            }
        } catch (SQLException failed) {
            throw direct.refusal(failed);
        }
    }

    /** The pool has its own URL, and maybe its own user, when there is a direct one, and its own start-up options. */
    private void usePool() {
        try (Connection connection = pool.getConnection()) {
            tables(connection);
        } catch (SQLException failed) {
            throw direct.refusal(failed);
        }
    }

    /** What is stored, for a log line: users counted, the rest estimated from the catalog and marked. */
    private static String stored(Connection connection) throws SQLException {
        List<String> counts = new ArrayList<>();
        for (Table table : tables(connection)) {
            boolean users = table.name().equals("users");
            counts.add(table.name() + " "
                    + (users ? new Sql(connection).count("users where deleted_at is null") : "~" + table.rows()));
        }
        return String.join(", ", counts);
    }

    /**
     * One of ours.
     *
     * @param rows how many, about
     */
    private record Table(String name, boolean exists, boolean isOpen, long rows) {}

    /** @throws StartUpFailure when a table is missing, or may not be read and written */
    private static List<Table> tables(Connection connection) throws SQLException {
        List<Table> tables = new Sql(connection)
                .list(
                        """
                        select name, oid is not null,
                               has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
                                   and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'),
                               (select greatest(reltuples, 0)::bigint from pg_class where pg_class.oid = t.oid)
                        from (select name, position, to_regclass(format('%I.%I', current_schema(), name))::oid as oid
                              from unnest(?) with ordinality as names (name, position)) t
                        order by position
                        """,
                        row -> new Table(row.getString(1), row.getBoolean(2), row.getBoolean(3), row.getLong(4)),
                        names());
        for (Table table : tables) {
            if (!table.exists()) {
                throw new StartUpFailure("the schema is damaged: table " + table.name() + " is missing");
            }
            if (!table.isOpen()) {
                throw new StartUpFailure(
                        "a privilege is missing: grant select, insert, update, delete on " + table.name());
            }
        }
        return tables;
    }
}
