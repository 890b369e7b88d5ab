package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;
import org.xfchat.testing.WithOwnServer;

/** A server that lets the service in but cannot keep its promises is refused, with its database left as it was. */
class UnsuitableServerIT extends WithOwnServer {
    /** Refused, and nothing was created. */
    private static String refusal(OwnServer server, String database, String url) {
        Map<String, String> before = server.contents(database);
        Refusal refusal = Refusal.of(Service.settings(url));
        assertThat(server.contents(database)).isEqualTo(before);
        return refusal.line();
    }

    private String refusal(String database) {
        return refusal(server, database, server.url(database));
    }

    @Test
    void readOnly() {
        String database = server.newDatabase();
        server.execute("postgres", "alter database " + database + " set default_transaction_read_only = on");
        assertThat(refusal(database)).startsWith("the PostgreSQL server is read-only");
        assertThat(Refusal.ofProcess(Service.settings(server.url(database))).line())
                .startsWith("the PostgreSQL server is read-only");
    }

    @Test
    void encodingOtherThanUtf8() {
        String database = server.newDatabase("encoding 'SQL_ASCII' locale 'C' template template0");
        assertThat(refusal(database)).isEqualTo("the database's encoding is SQL_ASCII: create it with encoding UTF8");
    }

    @Test
    void synchronousCommitOff() {
        String database = server.newDatabase();
        server.execute("postgres", "alter database " + database + " set synchronous_commit = off");
        assertThat(refusal(database)).startsWith("the PostgreSQL server has synchronous_commit off");
    }

    @Test
    void synchronousCommitOffForTheUser() {
        String database = server.newDatabase();
        String user = database + "_hasty";
        server.execute(
                database,
                "create role " + user + " login",
                "grant create, usage on schema public to " + user,
                "alter role " + user + " set synchronous_commit = off");
        assertThat(refusal(server, database, server.url(database, user, Refusal.SECRET)))
                .startsWith("the PostgreSQL server has synchronous_commit off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fsync", "full_page_writes"})
    void durabilityTurnedOff(String setting) {
        try (OwnServer unsafe = OwnServer.start(Map.of(setting, "off"))) {
            String database = unsafe.newDatabase();
            assertThat(refusal(unsafe, database, unsafe.url(database)))
                    .isEqualTo("the PostgreSQL server has " + setting
                            + " off and can lose acknowledged messages: turn it on");
        }
    }

    @Test
    void noPrivilegeToCreate() {
        String database = server.newDatabase();
        String user = database + "_limited";
        server.execute(database, "create role " + user + " login", "grant usage on schema public to " + user);
        assertThat(refusal(server, database, server.url(database, user, Refusal.SECRET)))
                .isEqualTo("a privilege is missing: grant create on schema public to the user that migrates");
        assertThat(Refusal.ofProcess(
                                Service.settings(server.url(database, user, Refusal.SECRET)), "migrate", "--dry-run")
                        .line())
                .isEqualTo("a privilege is missing: grant create on schema public to the user that migrates");
    }

    @Test
    void tablesOfAnotherUser() {
        String database = server.migratedDatabase("20240105000000");
        String user = database + "_guest";
        server.execute(
                database,
                "create role " + user + " login",
                "grant create, usage on schema public to " + user,
                "grant select, insert, update, delete on all tables in schema public to " + user);
        Map<String, String> settings = Service.settings(server.url(database, user, Refusal.SECRET));
        assertThat(Refusal.ofProcess(settings, "migrate", "--dry-run").line())
                .matches("a privilege is missing: the user that migrates must be owner of table \\w+");
        assertThat(Refusal.ofProcess(settings, "migrate").line()).contains("must be owner of table ");
    }

    @Test
    void noSchemaToUse() {
        String database = server.newDatabase();
        server.execute("postgres", "alter database " + database + " set search_path = nowhere");
        assertThat(refusal(database)).startsWith("no schema of the search_path exists or may be used");
    }

    @Test
    void noPrivilegeToConnect() {
        String database = server.newDatabase();
        String user = database + "_outside";
        server.execute(
                "postgres",
                "create role " + user + " login",
                "revoke connect on database " + database + " from public");
        assertThat(refusal(server, database, server.url(database, user, Refusal.SECRET)))
                .contains("/" + database + ": a privilege is missing");
    }

    @Test
    void noPrivilegeToWriteAfterTheMigration() {
        String database = server.migratedDatabase();
        String user = database + "_reader";
        server.execute(
                database,
                "create role " + user + " login",
                "grant select, update, delete on all tables in schema public to " + user);
        assertThat(refusal(server, database, server.url(database, user, Refusal.SECRET)))
                .startsWith("a privilege is missing: grant select, insert, update, delete on ");
    }

    @Test
    void noPrivilegeToReadTheHistory() {
        String database = server.migratedDatabase();
        String user = database + "_stranger";
        server.execute(database, "create role " + user + " login");
        assertThat(refusal(server, database, server.url(database, user, Refusal.SECRET)))
                .contains("a privilege is missing");
    }
}
