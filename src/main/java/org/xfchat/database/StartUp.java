package org.xfchat.database;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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
            LOG.infof("[STARTUP] schema verified: %s", Tables.verified(connection));
            server.connectionsShort(config.poolSize()).ifPresent(LOG::warn);
        } catch (SQLException failed) {
            throw new StartUpFailure(ConnectFailure.line(target(), failed), failed);
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
            throw new StartUpFailure(ConnectFailure.line(target(), failed), failed);
        }
    }

    /** The pool has its own URL when there is a direct one, and its own start-up options. */
    private void usePool() {
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement("select 1");
                ResultSet row = query.executeQuery()) {
            row.next();
        } catch (SQLException failed) {
            throw new StartUpFailure(ConnectFailure.line(target(), failed), failed);
        }
    }
}
