package org.xfchat.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.xfchat.database.Sql;
import org.xfchat.database.StartUpFailure;
import org.xfchat.testing.TestServer;

/** What a command says when its connection breaks. */
class ExclusiveSessionTest {
    private final String url = TestServer.newDatabase();

    private void terminate(Connection connection) throws SQLException {
        String process = new Sql(connection).ask("select pg_backend_pid()");
        try (Connection other = TestServer.connect(url)) {
            assertThat(new Sql(other).holds("select pg_terminate_backend(" + process + ", 10000)"))
                    .isTrue();
        }
    }

    @Test
    void lostAtTheCommitIsNotCalledUnchanged() throws SQLException {
        try (Connection connection = TestServer.connect(url)) {
            assertThatExceptionOfType(StartUpFailure.class)
                    .isThrownBy(() -> ExclusiveSession.transaction(connection, true, same -> {
                        new Sql(same).run("create table kept (id int)");
                        terminate(same);
                        return 1;
                    }))
                    .withMessageContaining("all of it was kept, or nothing");
        }
    }

    @Test
    void lostBeforeSaysWhatFailedFirst() throws SQLException {
        try (Connection connection = TestServer.connect(url)) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> ExclusiveSession.transaction(connection, true, same -> {
                        terminate(same);
                        return new Sql(same).run("create table kept (id int)");
                    }))
                    .satisfies(failed -> assertThat(failed.getSQLState()).isEqualTo("57P01"));
        }
    }

    @Test
    void aFailureLeavesNothingAndTheConnectionUsable() throws SQLException {
        try (Connection connection = TestServer.connect(url)) {
            Sql sql = new Sql(connection);
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> ExclusiveSession.transaction(
                            connection, true, same -> sql.run("create table kept (id int)", "select 1 / 0")));
            assertThat(sql.holds("select to_regclass('kept') is null")).isTrue();
            long written =
                    ExclusiveSession.transaction(connection, true, same -> sql.run("create table kept (id int)"));
            assertThat(written).isZero();
            assertThat(sql.holds("select to_regclass('kept') is not null")).isTrue();
        }
    }
}
