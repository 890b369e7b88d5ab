package org.xfchat.database;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.ValidateOutput;
import org.flywaydb.core.api.output.ValidateResult;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Decides what may be done with the database that was found, and lets Flyway do it. */
@Singleton
public class Migrations {
    private static final Logger LOG = Logger.getLogger(Migrations.class);

    /** The advisory lock of whoever works on the whole database, the same in every replica: they migrate one after the other. */
    public static final long LOCK = 0x5846_4368_6174L;

    private static final String UP_TO_DATE = "[STARTUP] schema is at %s, nothing to migrate";

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** Flyway connects by itself. */
    @Singleton
    static class DirectConnection implements FlywayConfigurationCustomizer {
        private final DirectDatabase database;

        DirectConnection(DirectDatabase database) {
            this.database = database;
        }

        @Override
        public void customize(FluentConfiguration configuration) {
            configuration.dataSource(database.dataSource());
            // Its own lock must not be a transaction: CREATE INDEX CONCURRENTLY waits for every one that is open.
            configuration
                    .getPluginRegister()
                    .getExact(PostgreSQLConfigurationExtension.class)
                    .setTransactionalLock(false);
        }
    }

    private final Flyway flyway;

    public Migrations(Flyway flyway) {
        this.flyway = flyway;
    }

    /**
     * Builds the first schema, which is what an old database is converted to; the later migrations follow, as for every
     * database of that version, because not all of them can run in somebody else's transaction.
     *
     * @param schema exists, and has nothing in it that stands in the way
     * @throws StartUpFailure when the migration fails, rolled back as far as the data source lets it
     */
    public void buildFirst(DataSource database, String schema) {
        build(database, schema, SchemaState.FIRST_MIGRATION);
    }

    /**
     * Builds the newest schema beside everything else; some of its migrations may have to run outside of a transaction.
     *
     * @param schema exists, and is empty
     */
    public void buildNewest(DataSource database, String schema) {
        build(database, schema, "latest");
    }

    private void build(DataSource database, String schema, String newest) {
        try {
            Flyway.configure()
                    .configuration(flyway.getConfiguration())
                    .dataSource(database)
                    .defaultSchema(schema)
                    .schemas(schema)
                    .target(newest)
                    .load()
                    .migrate();
        } catch (FlywayException failed) {
            throw new StartUpFailure(migrationFailure(failed), failed);
        }
    }

    /** The newest migration that this binary has. */
    public String newest() {
        return newest(flyway);
    }

    /**
     * Leaves the schema exactly as this binary's migrations make it, or newer but declared compatible.
     *
     * @param migrate whether pending migrations may be applied
     * @throws StartUpFailure for a legacy, foreign or newer database, and when a migration fails or was changed
     */
    void bringUpToDate(StartUp.Opened database, boolean migrate) throws SQLException {
        refuseOthers(database.state());
        if (migrate && database.state().version() != null) {
            ShippedMigrations.forgetFailed(database.connection());
        }
        apply(database.connection(), database.server(), database.state(), migrate);
    }

    /**
     * What {@link #bringUpToDate} would apply, in words; empty for nothing.
     *
     * @throws StartUpFailure where that would be refused
     */
    List<String> pending(StartUp.Opened database) throws SQLException {
        refuseOthers(database.state());
        return toApply(database.connection(), database.server(), database.state(), true).stream()
                .map(migration -> migration.getVersion() + " " + migration.getDescription())
                .toList();
    }

    private static void refuseOthers(SchemaState state) {
        switch (state.kind()) {
            case LEGACY ->
                throw new StartUpFailure("this is a database of the old XFChat (" + state.detail()
                        + "); it is never converted by serve, and was not touched: stop the old server, back it up, try"
                        + " migrate --dry-run, then convert it with the migrate command");
            case FOREIGN ->
                throw new StartUpFailure("this is not an XFChat database and was not touched: it has " + state.detail()
                        + "; point DATABASE_URL at an empty database");
            case EMPTY, OURS -> {}
        }
    }

    private void apply(Connection connection, Server server, SchemaState state, boolean migrate) throws SQLException {
        List<MigrationInfo> pending = toApply(connection, server, state, migrate);
        if (pending.isEmpty()) {
            return;
        }
        try {
            flyway.migrate();
        } catch (FlywayException failed) {
            throw new StartUpFailure(migrationFailure(failed), failed);
        }
        String from = Objects.requireNonNullElse(state.version(), "empty");
        LOG.infof("[STARTUP] migrated from %s to %s, %d migration(s)", from, newest(), pending.size());
    }

    /** The migrations that are missing and may be applied; empty for none. Refused where they must not be. */
    private List<MigrationInfo> toApply(Connection connection, Server server, SchemaState state, boolean migrate)
            throws SQLException {
        if (state.version() != null && ShippedMigrations.areApplied(connection)) {
            LOG.infof(UP_TO_DATE, state.version());
            return List.of();
        }
        String newest = newest();
        String from = Objects.requireNonNullElse(state.version(), "empty");
        if (state.version() != null && isNewer(state.version(), newest)) {
            acceptNewer(connection, state.version(), newest);
            return List.of();
        }
        List<MigrationInfo> pending = List.of(flyway.info().pending());
        if (state.version() != null) {
            validate();
        }
        if (pending.isEmpty()) {
            LOG.infof(UP_TO_DATE, from);
            return pending;
        }
        if (!migrate) {
            throw new StartUpFailure("the schema is at " + from + " and this binary needs " + newest
                    + ", but MIGRATE_AT_START is false: run the migrate command first");
        }
        if (!server.mayCreate()) {
            throw new StartUpFailure(
                    "a privilege is missing: grant create on schema " + server.schema() + " to the user that migrates");
        }
        return pending;
    }

    /** Until the connection is closed, one process after the other. */
    void lock(Connection connection) throws SQLException {
        lock(connection, "advisory_lock");
    }

    /** Lets whoever migrates end; for who only looks, and leaves nothing behind in a session that may be somebody else's. */
    void awaitOthers(Connection connection) throws SQLException {
        lock(connection, "advisory_xact_lock_shared");
    }

    private static void lock(Connection connection, String function) throws SQLException {
        if (!new Sql(connection).holds("select pg_try_" + function + "(" + LOCK + ")")) {
            LOG.info("[STARTUP] waiting for another replica that is migrating");
            boolean locked = false;
            while (!locked) {
                locked = lockWithinASecond(connection, "select pg_" + function + "(" + LOCK + ")");
            }
        }
    }

    /** Never one long wait, which is a transaction, too: a CREATE INDEX CONCURRENTLY of the other replica would wait for it. */
    private static boolean lockWithinASecond(Connection connection, String lock) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = '1s'");
            statement.execute(lock);
            connection.commit();
            return true;
        } catch (SQLException failed) {
            if (!LOCK_NOT_AVAILABLE.equals(failed.getSQLState())) {
                throw failed;
            }
            connection.rollback();
            return false;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static String newest(Flyway flyway) {
        MigrationInfo[] all = flyway.info().all();
        MigrationVersion newest = null;
        for (MigrationInfo migration : all) {
            if (migration.getVersion() != null
                    && !migration.getState().name().startsWith("FUTURE")
                    && (newest == null || migration.getVersion().isNewerThan(newest))) {
                newest = migration.getVersion();
            }
        }
        return Objects.requireNonNull(newest, "the artefact contains no migration")
                .getVersion();
    }

    private static boolean isNewer(String version, String than) {
        return MigrationVersion.fromVersion(version).isNewerThan(MigrationVersion.fromVersion(than));
    }

    private static void acceptNewer(Connection connection, String version, String newest) throws SQLException {
        String oldest = SchemaState.oldestBinary(connection, version);
        if (oldest == null || isNewer(oldest, newest)) {
            throw new StartUpFailure("the schema is at migration " + version + ", newer than this binary (" + newest
                    + "), and "
                    + (oldest == null
                            ? "does not say that this one can run on it"
                            : "needs a binary of at least " + oldest)
                    + ": deploy the newer binary");
        }
        LOG.warnf(
                "[STARTUP] schema is at %s, newer than this binary (%s) but declared compatible with it",
                version, newest);
    }

    private void validate() {
        ValidateResult result = flyway.validateWithResult();
        for (ValidateOutput invalid : result.invalidMigrations) {
            String version = invalid.version;
            boolean pending = flyway.info().pending().length > 0
                    && List.of(flyway.info().pending()).stream()
                            .anyMatch(migration -> Objects.equals(version, String.valueOf(migration.getVersion())));
            if (!pending) {
                throw new StartUpFailure("migration " + version + " was changed after it was applied, or failed ("
                        + firstLine(invalid.errorDetails.errorMessage)
                        + "): the database is not what this binary expects");
            }
        }
    }

    private static String migrationFailure(FlywayException failed) {
        String reason = SqlFailure.find(failed)
                .map(sql -> sql.getSQLState() + " " + firstLine(sql.getMessage()))
                .orElseGet(() -> firstLine(failed.getMessage()));
        String script = failed.getMessage() == null
                ? ""
                : failed.getMessage()
                        .lines()
                        .filter(line -> line.contains(".sql"))
                        .findFirst()
                        .map(String::strip)
                        .orElse("");
        return "a migration failed and was rolled back: " + script + ": " + reason;
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }
}
