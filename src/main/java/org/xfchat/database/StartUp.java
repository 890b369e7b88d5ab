package org.xfchat.database;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * What must be true of the database before the port opens. Each step logs one line that begins with {@code [STARTUP]}; each
 * failure is a {@link StartUpFailure} that leaves the database as it was.
 */
@Singleton
public class StartUp {
    private static final Logger LOG = Logger.getLogger(StartUp.class);

    /** What the service cannot work without. */
    private static final String[] TABLES = {
        "users",
        "conversations",
        "conversation_participants",
        "chat_messages",
        "friend_requests",
        "contacts",
        "usage_tracking",
        "usage_watermarks",
        "usage_roll_up",
        "log_epoch",
        "replicas",
        "presence"
    };

    private final Config settings;
    private final DatabaseConfig config;
    private final DataSource pool;
    private final Migrations migrations;

    StartUp(Config settings, DatabaseConfig config, DataSource pool, Migrations migrations) {
        this.settings = settings;
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

    private void run(boolean migrate) {
        try (Connection connection = connect()) {
            Server server = Server.inspect(connection);
            LOG.infof(
                    "[STARTUP] connected to %s, PostgreSQL %s, schema %s", target(), server.version(), server.schema());
            server.check(config.allowUnsafeServer());
            migrations.bringUpToDate(connection, server, migrate);
            LOG.infof("[STARTUP] schema verified: %s", stored(connection));
            server.connectionsShort(config.poolSize()).ifPresent(LOG::warn);
        } catch (SQLException failed) {
            throw StartUpFailure.connecting(target(), failed);
        }
        usePool();
    }

    private String target() {
        return settings.getValue("database-url.target", String.class);
    }

    private Connection connect() {
        Properties properties = new Properties();
        settings.getOptionalValue("database-url.direct.username", String.class)
                .ifPresent(user -> properties.setProperty("user", user));
        settings.getOptionalValue("database-url.direct.password", String.class)
                .ifPresent(password -> properties.setProperty("password", password));
        try {
            return DriverManager.getConnection(settings.getValue("database-url.direct.jdbc", String.class), properties);
        } catch (SQLException failed) {
            throw StartUpFailure.connecting(target(), failed);
        }
    }

    /** The pool has its own URL when there is a direct one, and its own start-up options. */
    private void usePool() {
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement("select 1");
                ResultSet row = query.executeQuery()) {
            row.next();
        } catch (SQLException failed) {
            throw StartUpFailure.connecting(target(), failed);
        }
    }

    /**
     * What is stored, for a log line: users counted, the rest estimated from the catalog and marked.
     *
     * @throws StartUpFailure when a table is missing, or may not be read and written
     */
    private static String stored(Connection connection) throws SQLException {
        List<String> counts = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("""
                select name, oid is not null,
                       has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
                           and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'),
                       (select greatest(reltuples, 0)::bigint from pg_class where pg_class.oid = t.oid)
                from (select name, position, to_regclass(format('%I.%I', current_schema(), name))::oid as oid
                      from unnest(?) with ordinality as names (name, position)) t
                order by position
                """)) {
            query.setArray(1, connection.createArrayOf("text", TABLES));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString(1);
                    if (!rows.getBoolean(2)) {
                        throw new StartUpFailure("the schema is damaged: table " + name + " is missing");
                    }
                    if (!rows.getBoolean(3)) {
                        throw new StartUpFailure(
                                "a privilege is missing: grant select, insert, update, delete on " + name);
                    }
                    counts.add(name + " " + (name.equals("users") ? users(connection) : "~" + rows.getLong(4)));
                }
            }
        }
        return String.join(", ", counts);
    }

    private static long users(Connection connection) throws SQLException {
        try (PreparedStatement query =
                        connection.prepareStatement("select count(*) from users where deleted_at is null");
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
