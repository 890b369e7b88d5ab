package org.xfchat.rollback;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.xfchat.database.Sql;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.TestServer;

/** A database of its own for each test, which is upgraded by hand. */
abstract class HandMadeUpgradeTest {
    final String url = TestServer.newDatabase();
    final List<String> said = new ArrayList<>();
    Connection connection;
    Sql sql;
    Contents contents;
    HandMadeUpgrade database;

    @BeforeEach
    void connect() throws SQLException {
        connection = TestServer.connect(url);
        sql = new Sql(connection);
        contents = new Contents(sql);
        database = new HandMadeUpgrade(connection);
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    /** Upgraded, and used since. */
    void upgraded(LegacySchema schema) throws SQLException {
        database.old(schema);
        database.upgrade();
        database.since();
    }

    Rollback.Outcome rollBack() throws SQLException {
        return database.rollBack(said::add);
    }

    String ask(String query) throws SQLException {
        return String.valueOf(sql.ask(query));
    }
}
