package org.xfchat.upgrade;

import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.Migrations;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.ShippedSchema;
import org.xfchat.testing.Snapshot;
import org.xfchat.testing.TestServer;
import org.xfchat.testing.legacy.Expected;
import org.xfchat.testing.legacy.LegacyWorld;
import org.xfchat.upgrade.Check.Finding;

/**
 * A database of the old server with everything odd that its schema lets in, and the upgrade's steps on it, each in a
 * transaction as a command runs it.
 */
public final class OldDatabase implements AutoCloseable {
    private static final Map<LegacySchema, OldDatabase> CONVERTED = new EnumMap<>(LegacySchema.class);

    private final LegacySchema schema;
    private final Connection connection;
    private final Flyway flyway;
    private final Migrations migrations;
    private final Expected expected;
    private final Map<String, String> rows;

    private OldDatabase(String url, LegacySchema schema) throws SQLException {
        this.schema = schema;
        this.connection = TestServer.connect(url);
        this.flyway = flyway(url, connection);
        this.migrations = new Migrations(flyway);
        this.expected = new Expected(LegacyWorld.make(connection, schema));
        this.rows = Snapshot.tables(connection, "public");
    }

    /** A new one. */
    public static OldDatabase of(LegacySchema schema) throws SQLException {
        return at(TestServer.newDatabase(), schema);
    }

    /** Makes it in an empty database, whose URL is in libpq form and has user and password. */
    public static OldDatabase at(String url, LegacySchema schema) throws SQLException {
        return new OldDatabase(url, schema);
    }

    /** One that was converted, for tests that only look at it. */
    static synchronized OldDatabase converted(LegacySchema schema) throws SQLException {
        OldDatabase found = CONVERTED.get(schema);
        if (found == null) {
            found = of(schema);
            found.convert();
            CONVERTED.put(schema, found);
        }
        return found;
    }

    private static Flyway flyway(String url, Connection connection) throws SQLException {
        String[] user = URI.create(url).getUserInfo().split(":", 2);
        return Flyway.configure()
                .configuration(ShippedSchema.SETTINGS)
                .dataSource(connection.getMetaData().getURL(), user[0], user[1])
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
    }

    public LegacySchema schema() {
        return schema;
    }

    public Connection connection() {
        return connection;
    }

    Migrations migrations() {
        return migrations;
    }

    public Expected expected() {
        return expected;
    }

    /** The old tables' rows before anything was done to them, by table. */
    public Map<String, String> oldRows() {
        return rows;
    }

    /** What is done in a transaction. */
    public interface Step<T> {
        T run() throws SQLException;
    }

    /** In a transaction of its own, which is kept or not. */
    public <T> T transaction(boolean keep, Step<T> step) throws SQLException {
        return ExclusiveSession.transaction(connection, keep, same -> step.run());
    }

    /** Upgrades it. */
    public void convert() throws SQLException {
        convert(true);
    }

    /** Upgrades it, or only tries; as the command does, later migrations follow. */
    Report convert(boolean keep) throws SQLException {
        List<String> said = new ArrayList<>();
        Report report = transaction(
                keep, () -> new Conversion(connection, "public", migrations, said::add).run("stage " + schema.stage()));
        if (keep) {
            flyway.migrate();
        }
        return report;
    }

    /** Upgrades whatever old database is there. */
    public static void convert(String url) throws SQLException {
        try (Connection connection = TestServer.connect(url)) {
            Flyway flyway = flyway(url, connection);
            connection.setAutoCommit(false);
            Report report = new Conversion(connection, "public", new Migrations(flyway), line -> {}).run("old");
            connection.commit();
            flyway.migrate();
            if (report.tables().isEmpty()) {
                throw new AssertionError("an empty report");
            }
        }
    }

    /** What {@code check} finds violated in a database of ours, by name. */
    public static List<String> violatedInvariants(String url) throws SQLException {
        try (Connection connection = TestServer.connect(url)) {
            return violated(connection, new Migrations(flyway(url, connection))).stream()
                    .map(Finding::invariant)
                    .toList();
        }
    }

    /** The rows are looked at in one transaction, the schema in none, as the command does. */
    private static List<Finding> violated(Connection connection, Migrations migrations) throws SQLException {
        Check check = new Check(connection, "public");
        connection.setAutoCommit(false);
        List<Finding> findings = new ArrayList<>(check.data());
        connection.rollback();
        connection.setAutoCommit(true);
        findings.add(check.catalog(migrations));
        return findings.stream().filter(finding -> finding.violations() > 0).toList();
    }

    /** What {@code check} finds violated, by name. */
    public List<String> violatedInvariants() throws SQLException {
        return violated().stream().map(Finding::invariant).toList();
    }

    /** What {@code check} finds violated. */
    List<Finding> violated() throws SQLException {
        return violated(connection, migrations);
    }

    public void execute(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Every row of an answer, its columns as text, with a bar between them. */
    public List<String> ask(String query, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet answer = statement.executeQuery()) {
                List<String> rows = new ArrayList<>();
                while (answer.next()) {
                    List<String> row = new ArrayList<>();
                    for (int column = 1; column <= answer.getMetaData().getColumnCount(); column++) {
                        row.add(String.valueOf(answer.getString(column)));
                    }
                    rows.add(row.stream().collect(Collectors.joining("|")));
                }
                return rows;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
