package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.restassured.RestAssured;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.xfchat.realtime.Follower;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Person;
import org.xfchat.testing.Service;
import org.xfchat.testing.TestServer;
import org.xfchat.testing.legacy.LegacyRows;
import org.xfchat.testing.legacy.LegacyWorld;

/** One role owns the database and migrates it, another one serves and can change rows only (deploy/sql/roles.sql). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseRolesIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Who may do what, and what belongs to whom; passwords are not in it. */
    private static final String STATE = """
            select line from (
                select format('role %s %s %s', rolname, rolconnlimit, rolcanlogin) from pg_roles where rolname ~ '^xfchat_'
                union all select format('database %s %s', datdba::regrole, datacl) from pg_database
                    where datname = current_database()
                union all select format('schema %s %s %s', nspname, nspowner::regrole, nspacl) from pg_namespace
                    where nspname !~ '^pg_' and nspname <> 'information_schema'
                union all select format('%s %s %s', oid::regclass, relowner::regrole, relacl) from pg_class
                    where relnamespace in (select oid from pg_namespace where nspname in ('public', 'legacy'))
                union all select format('default %s %s', defaclobjtype, defaclacl) from pg_default_acl
                union all select format('setting %s %s', setrole::regrole, setconfig) from pg_db_role_setting
                    where setdatabase = (select oid from pg_database where datname = current_database())
            ) state (line) order by 1
            """;

    private final String missing = RolesScript.missing();
    private OwnServer server;

    @TempDir
    private Path folder;

    @BeforeAll
    void start() {
        server = OwnServer.start();
        RolesScript.admit(server);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void skipWithoutPsql() {
        assumeTrue(missing.isEmpty(), missing);
    }

    private Map<String, String> owner(String database) {
        return Service.settings(RolesScript.owner(server, database));
    }

    private Map<String, String> app(String database) {
        return Service.settings(RolesScript.app(server, database), "MIGRATE_AT_START", "false");
    }

    private List<String> run(Map<String, String> settings, String... command) {
        try (Service service = Service.start(settings, command)) {
            assertThat(service.awaitExit()).as("%s", service.lines()).isZero();
            return service.lines();
        }
    }

    @Test
    void aNewDatabase() throws SQLException {
        String database = server.newDatabase();
        RolesScript.run(server, database, "app_connections=60", "statement_timeout=20s")
                .checked();
        assertThat(Refusal.of(Service.settings(RolesScript.app(server, database)))
                        .line())
                .isEqualTo("a privilege is missing: grant create on schema public to the user that migrates");
        migrate(database, "classpath:db/migration");
        assertThat(RolesScript.run(server, database).checked().output())
                .isEqualTo("roles xfchat_owner and xfchat_app are as they should be\n");
        List<String> state = server.ask(database, STATE);
        assertThat(state).contains("role xfchat_app 60 t", "setting xfchat_app {statement_timeout=20s}");
        RolesScript.run(server, database).checked();
        RolesScript.runAs(RolesScript.OWNER, server, database).checked();
        assertThat(server.ask(database, STATE)).isEqualTo(state);

        checkDataOnly(database);
        try (Service service = Service.serve(app(database)).awaitReady()) {
            Person keeper = checkWorks(service, database);
            migrate(database, "classpath:db/migration", "filesystem:src/test/resources/db/next");
            Person other = Person.signUpNow();
            other.say(other.befriend(keeper), "on the next version's schema");
            assertThat(service.lines()).noneMatch(line -> line.contains(" ERROR "));
        }
        try (Connection app = TestServer.connect(RolesScript.app(server, database))) {
            execute(
                    app,
                    "insert into message_edits (id, message_id, content)"
                            + " select gen_random_uuid(), id, 'edited' from chat_messages limit 1");
            execute(app, "update message_edits set content = 'again'");
            execute(app, "delete from message_edits");
        }
    }

    /** Everything that a person does. */
    private Person checkWorks(Service service, String database) {
        RestAssured.port = service.port();
        Person ann = Person.signUpNow();
        Person bob = Person.signUpNow();
        UUID conversation = ann.befriend(bob);
        try (Follower bobs = Follower.open(service.port(), bob.token(), "");
                Follower anns = Follower.open(service.port(), ann.token(), "")) {
            UUID message = ann.say(conversation, "hello");
            bob.request().patch("/api/messages/" + message + "/read").then().statusCode(200);
            anns.await("read");
            bobs.await("status");
            assertThat(bob.request()
                            .get("/api/conversations/" + conversation + "/messages")
                            .then()
                            .statusCode(200)
                            .extract()
                            .<List<String>>path("messages.content"))
                    .containsExactly("hello");
            await("presence")
                    .atMost(SOON)
                    .until(() -> server.ask(database, "select count(*) from presence")
                            .equals(List.of("2")));
        }
        ann.request().get("/api/usage").then().statusCode(200);
        bob.request()
                .body(Map.of("password", bob.password()))
                .delete("/api/auth/me")
                .then()
                .statusCode(204);
        assertThat(ann.request()
                        .get("/api/contacts")
                        .then()
                        .statusCode(200)
                        .extract()
                        .<List<?>>path("contacts"))
                .isEmpty();
        return ann;
    }

    /** As the command does, and as the next version's will. */
    private void migrate(String database, String... locations) {
        Flyway.configure()
                .dataSource(
                        "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database,
                        RolesScript.OWNER,
                        RolesScript.PASSWORD)
                .locations(locations)
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
                .load()
                .migrate();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void checkDataOnly(String database) throws SQLException {
        try (Connection app = TestServer.connect(RolesScript.app(server, database))) {
            for (String sql : List.of(
                    "create table public.mine (id integer)",
                    "create temporary table mine (id integer)",
                    "create schema mine",
                    "create function public.mine() returns integer language sql as 'select 1'",
                    "create index mine on users (created_at)",
                    "alter table users add column mine text",
                    "drop table contacts",
                    "truncate contacts",
                    "create trigger mine before insert on users execute function suppress_redundant_updates_trigger()",
                    "create table public.mine (user_id uuid references users (id))",
                    "update flyway_schema_history set success = true",
                    "delete from schema_compatibility",
                    "set role " + RolesScript.OWNER,
                    "alter database " + database + " reset all",
                    "create role mine")) {
                assertThatThrownBy(() -> execute(app, sql))
                        .as(sql)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
            }
            execute(app, "select from flyway_schema_history, schema_compatibility");
        }
        server.execute("postgres", "create role stranger login");
        assertThatThrownBy(() -> TestServer.connect(server.url(database, "stranger", "x")))
                .hasMessageContaining("permission denied for database");
    }

    @Test
    void aDatabaseOfTheOldServerThatBelongsToSomebodyElse() throws SQLException {
        server.execute("postgres", "create role old login");
        String database = server.newDatabase("owner old encoding 'UTF8' template template0");
        LegacyRows rows;
        try (Connection old = TestServer.connect(server.url(database, "old", "x"))) {
            rows = LegacyWorld.make(old, LegacySchema.STAGE_4);
        }
        assertThat(RolesScript.run(server, database).checked().output())
                .contains("not owned by xfchat_owner: ", "users (old)");
        assertThat(RolesScript.run(server, database, "previous_owner=old")
                        .checked()
                        .output())
                .doesNotContain("not owned");
        assertThat(run(owner(database), "migrate")).anyMatch(line -> line.startsWith("done: "));
        RolesScript.run(server, database).checked();
        Map<String, String> settings = Service.settings(RolesScript.app(server, database));
        CompletableFuture<List<String>> check = CompletableFuture.supplyAsync(() -> run(owner(database), "check"));
        try (Service service = Service.serve(settings).awaitReady()) {
            assertThat(service.says("nothing to migrate")).isTrue();
            assertThat(Visitor.logIn(service, rows.accounts().get(0).email(), LegacyRows.PASSWORD))
                    .isPresent();
            Visitor.signUp(service, "newcomer", "correct horse");
            assertThat(check.join())
                    .anyMatch(line -> line.startsWith("clean: all "))
                    .anyMatch(line -> line.contains("ok") && line.contains("the catalog is what the migrations make"));
            service.stop();
        }
        // What the old server knows, for as long as there is a way back.
        assertThat(server.ask(database, "select left(password_hash, 2) from users where username = 'newcomer'"))
                .containsExactly("$2");
        assertThat(run(owner(database), "rollback")).anyMatch(line -> line.startsWith("done: "));
    }

    @Test
    void whoRunsItNeedNotBeASuperuserAndWhoServesMustNotBe() {
        server.execute("postgres", "create role keeper login createrole createdb");
        String database = server.newDatabase("owner keeper encoding 'UTF8' template template0");
        String[] names = {"owner=second_owner", "app=second_app", "previous_owner=keeper"};
        RolesScript.runAs("keeper", server, database, names).checked();
        List<String> state = server.ask(database, STATE);
        assertThat(state)
                .anyMatch(line -> line.startsWith("database second_owner "))
                .contains("setting second_app {statement_timeout=30s}");
        BackupScripts.Run refused =
                RolesScript.run(server, database, "owner=second_owner", "app=keeper", "statement_timeout=1s");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.output()).contains("keeper is a superuser, or a member of second_owner");
        assertThat(server.ask(database, STATE)).isEqualTo(state);
    }

    @Test
    void theOwnerBacksUpAndRestores() {
        String withoutTools = BackupScripts.missing(server);
        assumeTrue(withoutTools.isEmpty(), withoutTools);
        String database = server.migratedDatabase();
        RolesScript.run(server, database, "previous_owner=postgres").checked();
        String dump = folder.resolve("roles.dump").toString();
        BackupScripts.run(RolesScript.owner(server, database), "dump.sh", dump).checked();
        String fresh = server.newDatabase();
        RolesScript.run(server, fresh).checked();
        BackupScripts.run(RolesScript.owner(server, fresh), "restore.sh", dump).checked();
        RolesScript.run(server, fresh).checked();
        assertThat(server.ask(fresh, STATE))
                .containsAll(server.ask(database, STATE).stream()
                        .filter(line -> !line.startsWith("role"))
                        .toList());
        assertThat(server.ask(database, STATE)).noneMatch(line -> line.matches("\\w+ (\\w+ )?postgres .*"));
    }
}
