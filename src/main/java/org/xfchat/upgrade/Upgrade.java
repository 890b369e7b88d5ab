package org.xfchat.upgrade;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.xfchat.database.Catalog;
import org.xfchat.database.Migrations;
import org.xfchat.database.SqlFailure;
import org.xfchat.database.StartUp;
import org.xfchat.database.StartUp.Opened;
import org.xfchat.database.StartUpFailure;
import org.xfchat.upgrade.Check.Finding;

/**
 * The commands. Each opens the database, keeps every other process that does the same waiting, works in one transaction, and
 * says what it does line by line; the caller prints.
 */
@Singleton
public class Upgrade {
    private final StartUp startUp;
    private final Migrations migrations;

    Upgrade(StartUp startUp, Migrations migrations) {
        this.startUp = startUp;
        this.migrations = migrations;
    }

    /** What a command does on an open database, inside its transaction. */
    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /**
     * Brings a database up to date: an old one is converted, one of ours migrated.
     *
     * @param dryRun do everything, say everything, keep nothing
     * @param force also beside other sessions, and where the disk seems too small
     * @throws StartUpFailure when it cannot; the database is as before
     */
    public void migrate(boolean dryRun, boolean force, Consumer<String> say) {
        boolean legacy = alone(database -> {
            if (database.catalog().kind() == Catalog.Kind.LEGACY) {
                convert(database, dryRun, force, say);
                return true;
            }
            return false;
        });
        if (!legacy && dryRun) {
            say.accept(startUp.pending());
        } else if (!legacy) {
            startUp.migrate();
        }
    }

    private void convert(Opened database, boolean dryRun, boolean force, Consumer<String> say) throws SQLException {
        Connection connection = database.connection();
        say.accept("this is a database of the old XFChat: " + database.catalog().detail());
        if (!force) {
            OtherSessions.refuse(connection, "migrate");
        }
        DiskSpace disk = DiskSpace.of(connection, LegacyTables.in(connection, database.schema()));
        say.accept(disk.text());
        if (disk.isShort() && !force) {
            throw new StartUpFailure("the disk is too small: " + disk.text() + "; make room, or say migrate --force");
        }
        Report report = transaction(
                connection,
                !dryRun,
                same -> new Conversion(same, database.schema(), migrations, say)
                        .run(database.catalog().detail()));
        say.accept("\n" + report.text() + "\n");
        say.accept(
                dryRun
                        ? "dry run: everything was rolled back, the database is as it was"
                        : "done: start the new server; xfchat check looks again, xfchat rollback undoes it");
    }

    /**
     * Verifies the invariants.
     *
     * @return whether all of them hold
     * @throws StartUpFailure when there is nothing to be checked
     */
    public boolean check(Consumer<String> say) {
        return alone(database -> {
            requireOurs(database.catalog());
            List<Finding> findings = transaction(database.connection(), false, connection -> {
                Sql.run(connection, "set transaction isolation level repeatable read");
                List<Finding> all = new ArrayList<>(new Check(connection, database.schema()).data());
                if (migrations.newest().equals(database.catalog().version())) {
                    all.add(new Check(connection, database.schema()).catalog(migrations));
                } else {
                    say.accept("the schema is at " + database.catalog().version() + ", this binary's at "
                            + migrations.newest() + ": the catalog is not compared");
                }
                return all;
            });
            long violated = findings.stream()
                    .filter(finding -> finding.violations() > 0)
                    .count();
            say.accept(Finding.table(findings));
            say.accept(
                    violated == 0
                            ? "\nclean: all " + findings.size() + " invariants hold"
                            : "\n" + violated + " of " + findings.size() + " invariants are violated");
            return violated == 0;
        });
    }

    /** Stand-in. */
    public void rollback(boolean dryRun, boolean force, Consumer<String> say) {
        throw new StartUpFailure("rollback " + dryRun + force + say);
    }

    /** Stand-in. */
    public void dropLegacy(boolean force, Consumer<String> say) {
        throw new StartUpFailure("drop " + force + say);
    }

    private static void requireOurs(Catalog catalog) {
        switch (catalog.kind()) {
            case OURS -> {}
            case LEGACY ->
                throw new StartUpFailure("this is a database of the old XFChat (" + catalog.detail()
                        + "): convert it first, with migrate");
            case EMPTY -> throw new StartUpFailure("the database is empty");
            case FOREIGN -> throw new StartUpFailure("this is not an XFChat database: it has " + catalog.detail());
        }
    }

    private <T> T alone(AloneWork<T> work) {
        try (Opened database = startUp.open()) {
            return work.on(database);
        } catch (SQLException failed) {
            throw failure(failed);
        }
    }

    private interface AloneWork<T> {
        T on(Opened database) throws SQLException;
    }

    private static <T> T transaction(Connection connection, boolean keep, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        boolean done = false;
        try {
            T result = work.on(connection);
            done = true;
            return result;
        } finally {
            if (done && keep) {
                connection.commit();
            } else {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        }
    }

    private static StartUpFailure failure(SQLException failed) {
        String line = "nothing was changed: ";
        if (SqlFailure.isLockTimeout(failed)) {
            line += "another session holds a table for longer than 10 s; stop whatever uses the database: ";
        }
        return new StartUpFailure(
                line + failed.getSQLState() + " "
                        + String.valueOf(failed.getMessage())
                                .lines()
                                .findFirst()
                                .orElse(""),
                failed);
    }
}
