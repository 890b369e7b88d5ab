package org.xfchat.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xfchat.database.StartUpFailure;
import org.xfchat.testing.LegacySchema;
import org.xfchat.upgrade.Strays;

/** Somebody starts the old server on the upgraded database: the way back stays open. */
class StartedByMistakeTest extends HandMadeUpgradeTest {
    private static final String HISTORY =
            "create table public._sqlx_migrations (version bigint primary key, description text"
                    + " not null, installed_on timestamptz not null default now(), success boolean not null, checksum bytea not"
                    + " null, execution_time bigint not null)";

    private static final String TABLES = "create table public.messages (id uuid primary key, text text, author text);"
            + " create table public.version_history (version_id varchar(255) primary key, created_at timestamptz)";

    private static final String FUNCTION =
            "create function public.update_updated_at_column() returns trigger language plpgsql"
                    + " as 'begin new.updated_at = now(); return new; end'; create trigger update_users_updated_at before update"
                    + " on public.users for each row execute function public.update_updated_at_column()";

    private Map<String, List<String>> old = Map.of();

    @BeforeEach
    void upgraded() throws SQLException {
        database.old(LegacySchema.STAGE_4);
        old = contents.rows("public");
        database.upgrade();
    }

    private String refusal() {
        StringBuilder line = new StringBuilder();
        assertThatExceptionOfType(StartUpFailure.class)
                .isThrownBy(this::rollBack)
                .satisfies(refused -> line.append(Objects.requireNonNull(refused.getMessage())));
        assertThat(line.toString().lines()).hasSize(1);
        return line.toString();
    }

    @Test
    void whatItLeftEmptyIsRemoved() throws SQLException {
        sql.run(HISTORY, TABLES, FUNCTION);
        database.since();
        rollBack();
        assertThat(contents.rows("public").keySet()).isEqualTo(old.keySet());
        assertThat(contents.rows("public").get("_sqlx_migrations")).isEqualTo(old.get("_sqlx_migrations"));
        assertThat(said).anyMatch(line -> line.contains("_sqlx_migrations, which is empty, was removed"));
        assertThat(ask("select count(*) from pg_proc where proname = 'update_updated_at_column'"))
                .isEqualTo("1");
    }

    /** Somebody's own tables may have a function of that name. */
    @Test
    void whatIsNotTheOldServersStays() throws SQLException {
        sql.run(
                "create table public.notes (id integer, updated_at timestamptz)",
                "alter function" + " legacy.update_updated_at_column() rename to renamed",
                FUNCTION.replace("public.users", "public.notes"));
        new Strays(connection, "public").removeEmpty(true, said::add);
        assertThat(said).isEmpty();
        assertThat(ask("select count(*) from pg_trigger where tgrelid = 'public.notes'::regclass"))
                .isEqualTo("1");
    }

    @Test
    void whoSignedUpThereHasAnAccountAfterwards() throws SQLException {
        sql.run(
                HISTORY,
                "insert into users (id, email, username, password_hash) values ('" + HandMadeUpgrade.DAN
                        + "', 'dan@example.org', 'dan', '" + HandMadeUpgrade.OLD_HASH + "')");
        rollBack();
        assertThat(ask("select username from users where email = 'dan@example.org'"))
                .isEqualTo("dan");
    }

    @Test
    void whatIsNotEmptyIsNamedWithWhatToDo() throws SQLException {
        sql.run(HISTORY, TABLES);
        sql.run("insert into _sqlx_migrations values (1, 'one', now(), true, '', 1);"
                + " insert into messages values (gen_random_uuid(), 'is anybody here?', 'ann')");
        List<Object> before = contents.all();
        assertThat(refusal())
                .contains(
                        "\"public\"._sqlx_migrations has 1 rows",
                        "drop table \"public\"._sqlx_migrations",
                        "\"public\".messages has 1 rows",
                        "alter table \"public\".messages set schema by_mistake",
                        "nothing was changed")
                .doesNotContain("backup", "version_history");
        assertThat(contents.all()).isEqualTo(before);
        sql.run(
                "drop table public._sqlx_migrations; create schema by_mistake; alter table public.messages set schema by_mistake");
        rollBack();
        assertThat(sql.count("by_mistake.messages")).isEqualTo(1);
        assertThat(contents.rows("public").get("messages")).isEqualTo(old.get("messages"));
    }

    @Test
    void migrateRemovesItAndADryRunOnlySaysSo() throws SQLException {
        sql.run(HISTORY, FUNCTION);
        Strays strays = new Strays(connection, "public");
        List<Object> before = contents.all();
        connection.setAutoCommit(false);
        strays.removeEmpty(false, said::add);
        connection.rollback();
        connection.setAutoCommit(true);
        assertThat(said).hasSize(2).allMatch(line -> line.endsWith("would be removed"));
        assertThat(contents.all()).isEqualTo(before);
        strays.removeEmpty(true, said::add);
        assertThat(sql.ask("select to_regclass('public._sqlx_migrations')")).isNull();
        assertThat(sql.ask("select to_regproc('public.update_updated_at_column')"))
                .isNull();
        said.clear();
        strays.removeEmpty(true, said::add);
        assertThat(said).isEmpty();
    }
}
