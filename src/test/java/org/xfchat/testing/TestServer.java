package org.xfchat.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/**
 * The PostgreSQL server of a test run: one embedded server per JVM, or the external one that {@code
 * -Dxfchat.test.database-url} names (a superuser's URL in libpq form with user and password).
 *
 * <p>Its URL is kept in a system property, because Quarkus loads test classes more than once.
 */
public final class TestServer {
    private static final String PROPERTY = "xfchat.test.database-url";

    private TestServer() {}

    /** A superuser's URL, {@code postgresql://user:password@host:port/database}. */
    public static synchronized String url() {
        String url = System.getProperty(PROPERTY, "");
        if (url.isEmpty()) {
            try {
                // Stopped by its own shutdown hook. Durability is tested with servers of their own.
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "off")
                        .setServerConfig("max_connections", "200")
                        .start();
                url = "postgresql://postgres:postgres@localhost:" + server.getPort() + "/postgres";
                System.setProperty(PROPERTY, url);
            } catch (IOException failed) {
                throw new IllegalStateException("the embedded PostgreSQL did not start", failed);
            }
        }
        return url;
    }

    /** The URL of a new, empty database on the server. */
    public static String newDatabase() {
        String name = "xfchat_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = connect(url());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " encoding 'UTF8' template template0");
        } catch (SQLException failed) {
            throw new IllegalStateException("no database can be created", failed);
        }
        return url().replaceFirst("/[^/?]*(\\?.*)?$", "/" + name + "$1");
    }

    /** A connection to a database by its URL in libpq form. */
    public static Connection connect(String url) throws SQLException {
        java.net.URI uri = java.net.URI.create(url);
        String[] user = uri.getUserInfo().split(":", 2);
        return DriverManager.getConnection(
                "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(), user[0], user[1]);
    }
}
