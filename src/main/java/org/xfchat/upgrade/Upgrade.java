package org.xfchat.upgrade;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.xfchat.database.Migrations;
import org.xfchat.database.SchemaState;
import org.xfchat.database.Sql;
import org.xfchat.database.StartUp;
import org.xfchat.database.StartUp.Opened;
import org.xfchat.database.StartUpFailure;
import org.xfchat.upgrade.Check.Finding;

/** The commands {@code migrate} and {@code check}. What they do is said line by line; the caller prints. */
@Singleton
public class Upgrade {
    /**
     * bcrypt in form, with a digest that no password is known for: a rollback gives it to accounts that were closed, which have
     * no other mark in the old tables.
     */
    public static final String NOBODYS_HASH = "$2b$12$" + ".".repeat(53);

    /**
     * The table in which a rollback notes which rows could not go back: the old table's name in {@code source}, and the row as
     * {@code legacy.upgrade_actions} names it in {@code row_id}. The next conversion takes them from where the rollback kept them.
     */
    public static final String LEFT_BEHIND = "left_behind";

    private final StartUp startUp;
    private final ExclusiveSession exclusive;
    private final Migrations migrations;

    Upgrade(StartUp startUp, ExclusiveSession exclusive, Migrations migrations) {
        this.startUp = startUp;
        this.exclusive = exclusive;
        this.migrations = migrations;
    }

    /**
     * Brings a database up to date: an old one is converted, one of ours migrated.
     *
     * @param dryRun do everything, say everything, keep nothing
     * @param force also beside other sessions, and where the disk seems too small
     * @throws StartUpFailure when it cannot; the database is as before
     */
    public void migrate(boolean dryRun, boolean force, Consumer<String> say) {
        boolean converted = exclusive.with(database -> {
            if (database.state().kind() == SchemaState.Kind.LEGACY) {
                convert(database, dryRun, force, say);
                return true;
            }
            if (database.state().kind() == SchemaState.Kind.OURS) {
                ExclusiveSession.transaction(database.connection(), !dryRun, connection -> {
                    // While the service runs, too: nobody waits behind this for long.
                    new Sql(connection).run("set local lock_timeout = '2s'");
                    new Strays(connection, database.schema()).removeEmpty(!dryRun, say);
                    return true;
                });
            }
            return false;
        });
        if (!dryRun) {
            startUp.migrate();
        } else if (!converted) {
            say.accept(startUp.pending());
        }
    }

    private void convert(Opened database, boolean dryRun, boolean force, Consumer<String> say) throws SQLException {
        Connection connection = database.connection();
        say.accept("this is a database of the old XFChat: " + database.state().detail());
        if (!force) {
            ExclusiveSession.refuseOthers(connection, "migrate");
        }
        DiskSpace disk = DiskSpace.of(connection, LegacyTables.in(connection, database.schema()));
        say.accept(disk.text());
        if (disk.isShort() && !force) {
            throw new StartUpFailure("the disk is too small: " + disk.text() + "; make room, or run migrate --force");
        }
        Report report = ExclusiveSession.transaction(
                connection,
                !dryRun,
                same -> new Conversion(same, database.schema(), migrations, say)
                        .run(database.state().detail()));
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
        return exclusive.with(database -> {
            requireOurs(database.state());
            List<Finding> findings = ExclusiveSession.transaction(database.connection(), false, connection -> {
                new Sql(connection).run("set transaction isolation level repeatable read");
                return new ArrayList<>(new Check(connection, database.schema()).data());
            });
            if (!mayCreateSchema(database.connection())) {
                say.accept("this user may not create a schema to compare with: the catalog is not compared");
            } else if (migrations.newest().equals(database.state().version())) {
                findings.add(new Check(database.connection(), database.schema()).catalog(migrations));
            } else {
                say.accept("the schema is at " + database.state().version() + ", this binary's at "
                        + migrations.newest() + ": the catalog is not compared");
            }
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

    private static boolean mayCreateSchema(Connection connection) throws SQLException {
        return new Sql(connection).holds("select has_database_privilege(current_database(), 'create')");
    }

    private static void requireOurs(SchemaState state) {
        switch (state.kind()) {
            case OURS -> {}
            case LEGACY ->
                throw new StartUpFailure("this is a database of the old XFChat (" + state.detail()
                        + "): convert it first, with migrate");
            case EMPTY -> throw new StartUpFailure("the database is empty");
            case FOREIGN -> throw new StartUpFailure("this is not an XFChat database: it has " + state.detail());
        }
    }
}
