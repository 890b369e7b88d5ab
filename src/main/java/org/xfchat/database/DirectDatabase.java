package org.xfchat.database;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
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

    /**
     * Opens one; the caller closes it.
     *
     * @param options further properties of the driver
     */
    public Connection connect(Map<String, String> options) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(options);
        user().ifPresent(user -> properties.setProperty("user", user));
        password().ifPresent(password -> properties.setProperty("password", password));
        return DriverManager.getConnection(url(), properties);
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
