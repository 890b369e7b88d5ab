package org.xfchat.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** Gives the service under test a database of its own, whether it runs in this JVM or packaged. */
public class TestDatabase implements QuarkusTestResourceLifecycleManager {
    /** Long enough, and nobody's. */
    public static final String JWT_SECRET = "0123456789abcdef0123456789abcdef-xyz";

    /** Verifies only, and shorter than a new one may be. */
    public static final String PREVIOUS_JWT_SECRET = "short-old";

    private static final String PROPERTY = "xfchat.test.current-database";

    @Override
    public Map<String, String> start() {
        String url = TestServer.newDatabase();
        System.setProperty(PROPERTY, url);
        return Map.of(
                "DATABASE_URL", url,
                "JWT_SECRET", JWT_SECRET,
                "JWT_SECRET_PREVIOUS", PREVIOUS_JWT_SECRET,
                "LIMITS", "off",
                "xfchat.database.allow-unsafe-server", "true");
    }

    @Override
    public void stop() {
        // The database goes with the server.
    }

    /** Where the service under test keeps everything. */
    static String url() {
        return System.getProperty(PROPERTY);
    }

    /** A connection to the database of the service under test, with all rights. */
    public static Connection connect() throws SQLException {
        return TestServer.connect(url());
    }
}
