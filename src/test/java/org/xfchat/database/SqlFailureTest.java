package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;
import org.xfchat.testing.TestServer;

/** What each failure of PostgreSQL means (org.xfchat.log, "Failure classes"); PostgreSQL manual, appendix A. */
class SqlFailureTest {
    private static void assertClass(String state, SqlFailure failure) {
        assertThat(SqlFailure.of(new SQLException("x", state))).contains(failure);
    }

    @Nested
    class ByState {
        @ParameterizedTest
        @ValueSource(strings = {"40P01", "40001", "55P03"})
        void conflictsAreTransient(String state) {
            assertClass(state, SqlFailure.TRANSIENT);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "08000", "08001", "08003", "08006", "08P01", "53000", "53100", "53200", "53300", "57014", "57P01",
                    "57P02", "57P03", "57P05", "58000", "58030", "25006"
                })
        void whatTheServerCannotDoNowIsUnavailable(String state) {
            assertClass(state, SqlFailure.UNAVAILABLE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"22021", "22P05"})
        void charactersThatItCannotStoreAreTheClients(String state) {
            assertClass(state, SqlFailure.UNSTORABLE);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"23505", "23503", "23514", "42601", "42P01", "22001", "22003", "25P02", "0A000", "XX000"})
        void theRestAreBugs(String state) {
            assertClass(state, SqlFailure.OTHER);
        }

        /** A full disk, to who connects: {@code FATAL: could not write init file}, an internal error by its code. */
        @ParameterizedTest
        @ValueSource(strings = {"FATAL", "PANIC"})
        void whateverEndsTheSessionIsUnavailable(String severity) {
            String message = "S" + severity + "\0CXX000\0Mcould not write init file\0";
            assertThat(SqlFailure.of(new PSQLException(new ServerErrorMessage(message))))
                    .contains(SqlFailure.UNAVAILABLE);
            assertThat(SqlFailure.of(new PSQLException(new ServerErrorMessage(message.replace(severity, "ERROR")))))
                    .contains(SqlFailure.OTHER);
            assertThat(SqlFailure.isUnanswered(new PSQLException(new ServerErrorMessage(message))))
                    .isTrue();
            assertThat(SqlFailure.isUnanswered(
                            new PSQLException(new ServerErrorMessage(message.replace(severity, "ERROR")))))
                    .isFalse();
            assertThat(SqlFailure.isUnanswered(new PSQLException("silent", PSQLState.CONNECTION_FAILURE)))
                    .isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "1", "123456"})
        void anErrorOfThePoolHasNoStateAndIsUnavailable(String state) {
            assertClass(state, SqlFailure.UNAVAILABLE);
            assertThat(SqlFailure.of(new SQLException("Acquisition timeout"))).contains(SqlFailure.UNAVAILABLE);
        }
    }

    @Nested
    class ByCause {
        @Test
        void isFoundHoweverDeepAndWhereverSuppressed() {
            SQLException deadlock = new SQLException("x", "40P01");
            assertThat(SqlFailure.of(new IllegalStateException(new RuntimeException(deadlock))))
                    .contains(SqlFailure.TRANSIENT);
            RuntimeException rolledBack = new RuntimeException("rollback failed");
            rolledBack.addSuppressed(deadlock);
            assertThat(SqlFailure.of(new IllegalStateException(rolledBack))).contains(SqlFailure.TRANSIENT);
        }

        @Test
        void aStateSaysMoreThanNone() {
            SQLException wrapper = new SQLException("from the pool", new SQLException("x", "40001"));
            assertThat(SqlFailure.of(wrapper)).contains(SqlFailure.TRANSIENT);
        }

        @Test
        void aCycleEnds() {
            RuntimeException one = new RuntimeException();
            RuntimeException other = new RuntimeException(one);
            one.initCause(other);
            assertThat(SqlFailure.of(one)).isEmpty();
        }

        @Test
        void whatHasNoSqlErrorIsNone() {
            assertThat(SqlFailure.of(new IllegalArgumentException(new ConnectException("refused"))))
                    .isEmpty();
            assertThat(SqlFailure.violatedKey(new IllegalArgumentException())).isNull();
        }

        @Test
        void aSocketTimeoutIsUnavailable() {
            PSQLException timeout =
                    new PSQLException("x", PSQLState.CONNECTION_FAILURE, new SocketTimeoutException("Read timed out"));
            assertThat(SqlFailure.of(new RuntimeException(timeout))).contains(SqlFailure.UNAVAILABLE);
            assertThat(SqlFailure.of(new PSQLException(
                            "x", PSQLState.UNKNOWN_STATE, new SocketTimeoutException("Read timed out"))))
                    .contains(SqlFailure.UNAVAILABLE);
        }
    }

    @Nested
    class FromTheServer {
        private static SQLException failure(String sql) throws SQLException {
            try (Connection connection = TestServer.connect(TestServer.url());
                    Statement statement = connection.createStatement()) {
                statement.execute("create temporary table t (id integer, n integer, constraint t_id_key unique (id),"
                        + " constraint t_n_small check (n < 10))");
                statement.execute("create unique index t_n_key on t ((n + 1))");
                statement.execute("insert into t values (1, 1)");
                return catchThrowableOfType(SQLException.class, () -> statement.execute(sql));
            }
        }

        @Test
        void theNameOfAViolatedConstraintIsGiven() throws SQLException {
            SQLException violated = failure("insert into t values (1, 2)");
            assertThat(SqlFailure.violatedKey(new RuntimeException(violated))).isEqualTo("t_id_key");
            assertThat(SqlFailure.of(violated)).contains(SqlFailure.OTHER);
        }

        @Test
        void theNameOfAViolatedUniqueIndexIsGiven() throws SQLException {
            assertThat(SqlFailure.violatedKey(failure("insert into t values (2, 1)")))
                    .isEqualTo("t_n_key");
        }

        @Test
        void aCheckIsNoKey() throws SQLException {
            SQLException violated = failure("insert into t values (2, 10)");
            assertThat(violated.getSQLState()).isEqualTo("23514");
            assertThat(SqlFailure.violatedKey(violated)).isNull();
        }

        @Test
        void readOnlyAndTimedOutAreUnavailable() throws SQLException {
            assertThat(SqlFailure.of(failure("begin read only; create table x (id integer)")))
                    .contains(SqlFailure.UNAVAILABLE);
            assertThat(SqlFailure.of(failure("set statement_timeout = 20; select pg_sleep(5)")))
                    .contains(SqlFailure.UNAVAILABLE);
        }

        @Test
        void aTextWithANullCharacterIsUnstorable() throws SQLException {
            try (Connection connection = TestServer.connect(TestServer.url());
                    var query = connection.prepareStatement("select ?::text")) {
                query.setString(1, "a\u0000b");
                SQLException refused = catchThrowableOfType(SQLException.class, query::executeQuery);
                assertThat(SqlFailure.of(refused)).contains(SqlFailure.UNSTORABLE);
            }
        }
    }
}
