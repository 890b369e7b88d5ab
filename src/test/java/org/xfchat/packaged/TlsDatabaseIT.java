package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xfchat.database.StartHere;
import org.xfchat.testing.Certificates;
import org.xfchat.testing.Extent;
import org.xfchat.testing.Service;
import org.xfchat.testing.TlsServer;

/** A server that knows the service by its certificate, as operators of PostgreSQL on Kubernetes issue them. */
class TlsDatabaseIT {
    /** The key with which a whole service connects in each build; the others' forms are tried by its start alone. */
    private static final String OF_PROCESS = "ec-1.key";

    @TempDir
    static Path folder;

    private static TlsServer server;
    private static Certificates certificates;

    @BeforeAll
    static void start() {
        server = TlsServer.start(folder);
        certificates = server.certificates();
        certificates.writeKey("rsa-1.key", Certificates.pem("RSA PRIVATE KEY", certificates.bareKey("rsa")));
        certificates.writeKey("ec-1.key", Certificates.pem("EC PRIVATE KEY", certificates.bareKey("ec")));
        certificates.writeKey("garbage.key", "garbage".getBytes(StandardCharsets.US_ASCII));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String url(String user, String key) {
        return server.url(user, certificates.file(key))
                .replace("/postgres?", "/" + server.server().migratedDatabase() + "?");
    }

    @ParameterizedTest
    @CsvSource({"rsa, rsa.key", "rsa, rsa-1.key", "ec, ec-1.key", "ed, ed.key"})
    void letsInWhoHasTheKeyInAnyForm(String user, String key) {
        Map<String, String> settings = Service.settings(url(user, key));
        if (Extent.isBrief() && !key.equals(OF_PROCESS)) {
            assertThat(StartHere.refusal(settings)).isEmpty();
            return;
        }
        try (Service service = Service.serve(settings)) {
            service.awaitReady();
            assertThat(new Client(service).get("/q/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sslkey, garbage.key, holds no private key of the certificate's kind (RSA)",
        "sslkey, server.key, is not the key of the certificate in sslcert",
        "sslkey, missing.key, sslkey: there is no file ",
        "sslcert, missing.crt, sslcert: there is no file ",
        "sslrootcert, missing.crt, sslrootcert: there is no file ",
        "sslrootcert, rsa.crt, the server's certificate is not of an authority in sslrootcert"
    })
    void endsTheStartWithWhatIsWrongWithAFile(String option, String file, String line) {
        String url = url("rsa", "rsa.key").replaceAll(option + "=[^&]*", option + "=" + certificates.file(file));
        assertThat(Refusal.of(Service.settings(url)).line())
                .startsWith("cannot use PostgreSQL at 127.0.0.1:")
                .contains(line);
    }

    @Test
    void isNotTrustedWithoutItsAuthority() {
        String url = url("rsa", "rsa.key").replaceAll("&sslrootcert=[^&]*", "");
        assertThat(Refusal.ofProcess(Service.settings(url)).line())
                .contains("sslmode=verify-full needs the certificate of the server's authority: add sslrootcert=");
    }
}
