package org.xfchat.database;

import jakarta.inject.Singleton;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections beside the pool: without its timeouts, and around PgBouncer where {@code DATABASE_DIRECT_URL} is set. */
@Singleton
public class DirectDatabase {
    private final Config settings;

    public DirectDatabase(Config settings) {
        this.settings = settings;
    }

    /** Host and database as a person would name them, without user and password. */
    String target() {
        return settings.getValue("database-url.target", String.class);
    }

    /** Why it cannot be used, in one line that names the variable which is wrong. */
    StartUpFailure refusal(SQLException failed) {
        boolean own =
                settings.getOptionalValue("DATABASE_DIRECT_URL", String.class).isPresent();
        return StartUpFailure.connecting(own ? "DATABASE_DIRECT_URL" : "DATABASE_URL", target(), failed);
    }

    /**
     * Opens one; the caller closes it.
     *
     * @param application what it calls itself in {@code pg_stat_activity}, whatever the URL says: others are told apart by it
     * @param options further properties of the driver, for what the URL leaves open
     */
    public Connection connect(String application, Map<String, String> options) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(options);
        user().ifPresent(user -> properties.setProperty("user", user));
        password().ifPresent(password -> properties.setProperty("password", password));
        // What the URL says is stronger than a property, and what it says last is stronger still.
        return DriverManager.getConnection(
                url() + "&ApplicationName=" + URLEncoder.encode(application, StandardCharsets.UTF_8), properties);
    }

    /**
     * Refuses a pooler where its changes of server connections would do harm, before anything is asked of a session.
     *
     * @param session whether what follows needs one session for all of it
     */
    void refusePooler(Connection connection, boolean session) throws SQLException {
        if (!isPooled(connection)) {
            return;
        }
        if (settings.getOptionalValue("DATABASE_DIRECT_URL", String.class).isEmpty()) {
            throw new StartUpFailure(
                    "DATABASE_URL leads through a connection pooler: set DATABASE_DIRECT_URL, which leads"
                            + " past it");
        }
        if (session && settings.getValue("database-url.direct.same", Boolean.class)) {
            throw new StartUpFailure(
                    "DATABASE_DIRECT_URL leads through the connection pooler as DATABASE_URL does: set one that"
                            + " leads past it; only serve works without it, when MIGRATE_AT_START is false");
        }
    }

    /** A pooler answers for the server, under a process id of its own. */
    private static boolean isPooled(Connection connection) throws SQLException {
        String answering = new Sql(connection).ask("select pg_backend_pid()");
        return !String.valueOf(connection.unwrap(PGConnection.class).getBackendPID())
                .equals(answering);
    }

    /** For whoever connects by itself. */
    DataSource dataSource() {
        PGSimpleDataSource direct = new PGSimpleDataSource();
        direct.setUrl(url());
        user().ifPresent(direct::setUser);
        password().ifPresent(direct::setPassword);
        return direct;
    }

    private String url() {
        return settings.getValue("database-url.direct.jdbc", String.class);
    }

    private Optional<String> user() {
        return settings.getOptionalValue("database-url.direct.username", String.class);
    }

    private Optional<String> password() {
        return settings.getOptionalValue("database-url.direct.password", String.class);
    }
}
