package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xfchat.testing.Jwt;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** A service that is told everything by a file, and by nothing else. */
class DotEnvIT {
    private static final String PASSWORD = "p$$w${HOME}\\x#%";
    private static final String SECRET = "$${HOME}\\$ #%'0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    @Test
    void isReadAsItIsWritten() throws IOException {
        try (OwnServer server = OwnServer.start()) {
            server.execute("postgres", "create role odd superuser login password '" + PASSWORD + "'");
            String url = server.url(server.newDatabase(), "odd", "p$$w${HOME}%5Cx%23%25");
            Files.writeString(
                    folder.resolve(".env"),
                    String.join(
                            "\r\n",
                            "# everything",
                            "export DATABASE_URL='" + url + "' # the only store",
                            "JWT_SECRET=\"" + SECRET.replace("\\", "\\\\") + "\"",
                            "SERVER_PORT = 0",
                            ""));
            try (Service service = Service.startIn(folder)) {
                service.awaitReady();
                Visitor ann = Visitor.signUp(service, "ann", "correct horse");
                String token =
                        Jwt.signed(SECRET, Jwt.claims(ann.id(), Instant.now().plus(Duration.ofHours(1))));
                Visitor byHand = new Visitor(service, ann.id(), "ann", token);
                assertThat(byHand.get("/api/auth/me").status()).isEqualTo(200);
                assertThat(service.lines())
                        .noneMatch(line -> line.contains("0123456789abcdef") || line.contains(PASSWORD));
            }
        }
    }

    @Test
    void thatIsMalformedEndsTheStartInOneLine() throws IOException {
        Files.writeString(folder.resolve(".env"), "DATABASE_URL=x\nJWT_SECRET='Sesame\n");
        try (Service service = Service.startIn(folder)) {
            assertThat(service.awaitExit()).isEqualTo(1);
            assertThat(service.lines()).containsExactly("[STARTUP] failed: .env, line 2: the quote is not closed");
        }
        assertThat(folder.resolve(".xfchat")).as("what only dev makes").doesNotExist();
    }

    @Test
    void thatIsNotThereLeavesNothingBehind() {
        try (Service service = Service.startIn(folder)) {
            assertThat(service.awaitExit()).isEqualTo(1);
            assertThat(service.lines())
                    .singleElement()
                    .asString()
                    .startsWith("[STARTUP] failed: DATABASE_URL is missing");
        }
        assertThat(folder).isEmptyDirectory();
    }
}
