package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every migration after the first keeps the rules of the migration folder's README; and the rules notice what breaks them. */
class MigrationRulesTest {
    private static final Path MIGRATIONS = Path.of("src", "main", "resources", "db", "migration");
    private static final Path EXAMPLES = Path.of("src", "test", "resources", "db", "next");
    private static final String FIRST = "V20240105000000__postgresql_exclusive_schema.sql";

    private static final String NAME = "V20300301120000__change_something.sql";
    private static final String HEADER = """
            -- Changes something.
            --
            -- Reason: an example; it may say delete or drop table users;
            -- Locking cost: none.
            """;
    private static final String TIMEOUT = "set local lock_timeout = '2s';\n";
    private static final String COMPATIBLE = "insert into schema_compatibility (schema_version, oldest_binary)"
            + " values ('20300301120000', '20240105000000');\n";
    private static final String REPEATABLE = COMPATIBLE.replace(";", " on conflict (schema_version) do nothing;");
    private static final String NO_TRANSACTION = "executeInTransaction=false\n";

    private static List<String> violations(Path migration) throws IOException {
        Path configuration = migration.resolveSibling(migration.getFileName() + ".conf");
        return MigrationRules.violations(
                migration.getFileName().toString(),
                Files.readString(migration),
                Files.exists(configuration) ? Files.readString(configuration) : "");
    }

    private static List<Path> scripts(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".sql"))
                    .filter(file -> !file.endsWith(FIRST))
                    .toList();
        }
    }

    static Stream<Path> laterMigrations() throws IOException {
        // The examples are there in any case: the rules are kept by something, and something is read.
        return Stream.concat(scripts(MIGRATIONS).stream(), scripts(EXAMPLES).stream());
    }

    @ParameterizedTest
    @MethodSource("laterMigrations")
    void keepTheRules(Path migration) throws IOException {
        assertThat(violations(migration)).isEmpty();
    }

    /** {@code released.sha256} in the folder, as sha256sum writes it, one line more with each release. */
    @Test
    void releasedOnesAreAsTheyWere() throws IOException {
        Path released = MIGRATIONS.resolve("released.sha256");
        assertThat(changed(Files.readString(released), MIGRATIONS)).isEmpty();
        assertThat(changed("0000  " + FIRST + "\n", MIGRATIONS)).containsExactly(FIRST);
    }

    private static List<String> changed(String checksums, Path folder) {
        return checksums
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(" +", 2))
                .filter(parts -> !parts[0].equals(checksum(folder.resolve(parts[1]))))
                .map(parts -> parts[1])
                .toList();
    }

    private static String checksum(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException | NoSuchAlgorithmException missing) {
            return missing.toString();
        }
    }

    /** What is cut off outside of a transaction begins anew; in one, a row that is there already is a mistake. */
    @Test
    void onlyWhatBeginsAnewMayFindItsRow() {
        String index = "drop index concurrently if exists a; create index concurrently a on users (b);\n";
        assertThat(MigrationRules.violations(NAME, HEADER + index + COMPATIBLE, NO_TRANSACTION))
                .singleElement()
                .asString()
                .contains("cannot begin anew");
        assertThat(MigrationRules.violations(NAME, HEADER + TIMEOUT + REPEATABLE, ""))
                .singleElement()
                .asString()
                .contains("by a mistake");
    }

    @Nested
    class TheRules {
        private List<String> inTransaction(String statements) {
            return MigrationRules.violations(NAME, HEADER + TIMEOUT + statements + "\n" + COMPATIBLE, "");
        }

        private List<String> outsideOfOne(String statements) {
            return MigrationRules.violations(NAME, HEADER + statements + "\n" + REPEATABLE, NO_TRANSACTION);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "create table t (id uuid not null); create index t_id on t (id); update t set id = null;"
                            + " alter table t add column x int not null",
                    "alter table users add column a text, add column b numeric(4, 2) default 0.5",
                    "alter table users add column a text not null default 'update users set x'",
                    "alter table users add column a timestamptz not null default now()",
                    "alter table users add constraint a check (b in (1, 2)) not valid",
                    "alter table users add constraint a unique using index a_key",
                    "alter table users validate constraint a; alter table users alter column b set not null;"
                            + " alter table users drop constraint a",
                    "alter table users alter column a drop not null",
                    "alter table users alter column a set default 1",
                    "comment on table users is 'rename it; delete from users'",
                    "create table t (a uuid, b uuid references t (a), c uuid references users (id)); alter table t add d int",
                    "alter table users add column a int; create table t (a uuid references users (id))",
                    "create function f() returns trigger language plpgsql as $f$ begin new.a = 1; return new; end $f$"
                })
        void accept(String statements) {
            assertThat(inTransaction(statements + ";")).isEmpty();
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                        create index a on users (b)                              | locks out writers
                        create unique index a on only public.users (b)           | locks out writers
                        CREATE  INDEX\ta ON users (b)                             | locks out writers
                        create table t (a int); create index on t (a)            | an index without a name
                        drop index concurrently a                                | concurrently in a transaction
                        reindex index concurrently a                             | concurrently in a transaction
                        drop index a                                             | drops an index under a lock
                        alter table users add column a text not null             | cannot insert
                        alter table users add a text not null                    | cannot insert
                        alter table users add column a int, add b int not null   | cannot insert
                        alter table users add column a uuid default gen_random_uuid() | rewrites the table
                        alter table users add column a timestamptz default clock_timestamp() | rewrites the table
                        alter table users add column a uuid references users (id) | reads the table under its lock
                        alter table users add column a bigint generated always as (1) stored | reads the table
                        alter table users alter column a type bigint             | changes a column's type
                        alter table users alter a set data type bigint           | changes a column's type
                        alter table users rename column a to b                   | renames
                        alter table users rename to people                       | renames
                        alter table users drop column a                          | takes away
                        alter table users drop a                                 | takes away
                        alter table users add column b int, drop column a        | takes away
                        drop table users                                         | takes away
                        drop view v                                              | takes away
                        truncate users                                           | takes away
                        alter table users add constraint a check (b > 0)         | not valid
                        alter table users add constraint a foreign key (b) references c (d) | not valid
                        alter table users add check (b > 0) not valid            | a constraint without a name
                        alter table users add constraint a unique (b)            | makes its index under a lock
                        alter table users add constraint a primary key (b)       | makes its index under a lock
                        alter table users alter column a set not null            | first a check that is validated
                        alter table users add constraint a check (b > 0) not valid; alter table users validate constraint a | in the transaction that adds
                        alter table users add column a int; alter table contacts add column a int | locks [contacts, users]
                        alter table users add column a int; create table t (a uuid references contacts (id)) | locks [contacts, users]
                        create table t (a uuid references users (id)); alter table users add column a int | alter first
                        update users set a = 1                                   | in one transaction
                        delete from users where a = 1                            | in one transaction
                        with b as (select 1) update users set a = 1 from b       | in one transaction
                        do $$ begin update users set a = 1; end $$               | in one transaction
                        do $$ begin loop update users set a = 1 where b in (select b from users limit 9); commit; end loop; end $$ | in one transaction
                        set lock_timeout = '1s'                                  | sets for the whole session
                        begin                                                    | controls transactions
                        commit                                                   | controls transactions
                        lock table users                                         | locks a whole table
                        cluster users                                            | locks a whole table
                        reindex table users                                      | locks a whole table
                        refresh materialized view v                              | locks a whole view
                        create table if not exists t (id uuid)                   | accepts what somebody else made
                        alter table users add column if not exists a int         | accepts what somebody else made
                        """)
        void refuse(String statements, String reason) {
            assertThat(inTransaction(statements + ";"))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains(reason);
        }

        @Test
        void acceptWhatRunsOutsideOfATransaction() {
            assertThat(outsideOfOne(
                            "drop index concurrently if exists a; create unique index concurrently a on users (b);"))
                    .isEmpty();
            assertThat(outsideOfOne(
                            "drop index concurrently a; reindex index concurrently b; reindex table concurrently c;"))
                    .isEmpty();
            assertThat(outsideOfOne("do $$ declare n int; begin loop update users set a = 1 where id in"
                            + " (select id from users where a is null limit 500 for no key update);"
                            + " get diagnostics n = row_count; commit; exit when n = 0; end loop; end $$;"))
                    .isEmpty();
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                        create index concurrently a on users (b)                 | leaves an invalid index
                        drop index concurrently if exists b; create index concurrently a on users (b) | leaves an invalid index
                        alter table users add column a int                       | only concurrent indexes and batches
                        do $$ begin update users set a = 1; commit; end $$       | in one transaction
                        do $$ begin update users set a = 1 where b in (select b from users limit 9); end $$ | in one transaction
                        """)
        void refuseWhatIsNotToBeDoneOutsideOfATransaction(String statements, String reason) {
            assertThat(outsideOfOne(statements + ";"))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains(reason);
        }

        @Test
        void acceptTakingAwayWhatNoReleaseUsesAnyMore() {
            String header = HEADER + "-- Contract of: 1.2.0, which reads and writes b in its place.\n";
            String contract = "alter table users drop column a;\n";
            assertThat(MigrationRules.violations(NAME, header + TIMEOUT + contract + COMPATIBLE, ""))
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "V20300301120000__Change.sql",
                    "V20300301120000_change.sql",
                    "V2030030112__change.sql",
                    "V20300301120000__change-it.sql",
                    "R__change.sql",
                    "V20300230120000__change.sql",
                    "V20230301120000__change.sql"
                })
        void refuseOtherNames(String name) {
            String version = name.substring(1, name.indexOf('_'));
            String row = COMPATIBLE.replace("20300301120000", version);
            assertThat(MigrationRules.violations(name, HEADER + TIMEOUT + row, ""))
                    .anyMatch(sentence -> sentence.startsWith("the name") || sentence.startsWith("the version"));
        }

        @Test
        void refuseWhatSaysNothingOfItself() {
            String change = "alter table users add column a int;\n";
            assertThat(MigrationRules.violations(NAME, TIMEOUT + change + HEADER + COMPATIBLE, ""))
                    .hasSize(2)
                    .allMatch(sentence -> sentence.contains("header comment"));
            assertThat(MigrationRules.violations(NAME, HEADER + change + TIMEOUT + COMPATIBLE, ""))
                    .hasSize(1)
                    .allMatch(sentence -> sentence.contains("lock_timeout"));
        }

        @Test
        void refuseWhatTheReleaseBeforeCannotRunOn() {
            assertThat(MigrationRules.violations(NAME, HEADER + TIMEOUT, "")).hasSize(1);
            assertThat(MigrationRules.violations(NAME, HEADER + TIMEOUT + COMPATIBLE + COMPATIBLE, ""))
                    .hasSize(1);
            String another = COMPATIBLE.replace("20300301120000", "20300301120001");
            assertThat(MigrationRules.violations(NAME, HEADER + TIMEOUT + another, ""))
                    .hasSize(1);
            String itself = COMPATIBLE.replace("20240105000000", "20300301120000");
            assertThat(MigrationRules.violations(NAME, HEADER + TIMEOUT + itself, ""))
                    .hasSize(1)
                    .allMatch(sentence -> sentence.contains("the release before could not run"));
        }
    }
}
