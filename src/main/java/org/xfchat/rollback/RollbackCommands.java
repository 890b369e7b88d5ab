package org.xfchat.rollback;

import jakarta.inject.Singleton;
import java.util.function.Consumer;
import org.xfchat.upgrade.ExclusiveSession;

/** The commands {@code rollback} and {@code drop-legacy}. What they do is said line by line; the caller prints. */
@Singleton
public class RollbackCommands {
    private final ExclusiveSession exclusive;

    RollbackCommands(ExclusiveSession exclusive) {
        this.exclusive = exclusive;
    }

    /**
     * Puts the old tables back.
     *
     * @param dryRun do everything, say everything, keep nothing
     * @param force also beside other sessions
     * @throws org.xfchat.database.StartUpFailure when it cannot; the database is as before
     */
    public void rollback(boolean dryRun, boolean force, Consumer<String> say) {
        exclusive.with(database -> {
            if (!force) {
                ExclusiveSession.refuseOthers(database.connection(), "rollback");
            }
            Rollback.Outcome outcome = ExclusiveSession.transaction(
                    database.connection(),
                    !dryRun,
                    connection -> new Rollback(connection, database.schema(), say).run());
            say.accept("\n" + outcome.text());
            say.accept(
                    dryRun
                            ? "dry run: everything was rolled back, the database is as it was"
                            : "done: start the old server");
            return outcome;
        });
    }

    /**
     * Drops the old tables for good.
     *
     * @param force also within 30 days of the conversion
     * @throws org.xfchat.database.StartUpFailure when it must not; the database is as before
     */
    public void dropLegacy(boolean force, Consumer<String> say) {
        exclusive.with(database -> ExclusiveSession.transaction(
                database.connection(), true, connection -> new DropLegacy(connection, say).run(force)));
        say.accept("done: there is no rollback any more; new passwords get Argon2id, old ones at the next log-in");
    }
}
