package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;
import org.xfchat.testing.legacy.LegacyWorld;

/** A million messages are upgraded by a process that has far less memory than they take, and one can watch it. */
@Tag("nightly")
class LargeUpgradeIT {
    private static final int MESSAGES = 1_000_000;
    private static final Duration LIMIT = Duration.ofMinutes(8);

    @Test
    void takesLittleMemoryAndShowsItsProgress() throws SQLException {
        try (OwnServer server = OwnServer.start()) {
            String database = server.newDatabase();
            try (Connection connection = server.connect(database)) {
                connection.setNetworkTimeout(Runnable::run, 0);
                LegacyWorld.large(connection, MESSAGES);
            }
            try (Service migrate = Service.start("128m", Service.settings(server.url(database)), "migrate")) {
                assertThat(migrate.awaitExit(LIMIT)).as("%s", migrate.lines()).isZero();
                assertThat(migrate.lines())
                        .filteredOn(line -> line.matches("chat_messages: [1-9]00,000 of 1,000,000, .*"))
                        .hasSize(9);
                System.out.printf(
                        "%,d messages upgraded in %.1f s: %s%n",
                        MESSAGES,
                        migrate.between("this is a database of the old", "done: ")
                                        .toMillis()
                                / 1000.0,
                        migrate.lines().stream()
                                .filter(line -> line.endsWith(" s"))
                                .toList());
                assertThat(migrate.between("this is a database of the old", "done: "))
                        .isLessThan(LIMIT);
            }
            try (Service check = Service.start("128m", Service.settings(server.url(database)), "check")) {
                assertThat(check.awaitExit(LIMIT)).as("%s", check.lines()).isZero();
            }
            assertThat(server.ask(database, "select count(*) from chat_messages"))
                    .containsExactly("1100000");
        }
    }
}
