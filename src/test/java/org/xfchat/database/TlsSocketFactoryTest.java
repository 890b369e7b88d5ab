package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.database.DatabaseUrl.MalformedException;
import org.xfchat.testing.Certificates;
import org.xfchat.testing.TlsServer;

/** With a server that knows its users by their certificates. */
class TlsSocketFactoryTest {
    @TempDir
    static Path folder;

    private static TlsServer server;
    private static Certificates certificates;

    @BeforeAll
    static void start() {
        server = TlsServer.start(folder);
        certificates = server.certificates();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Who the server says that one is, and how one is connected. */
    private static String connect(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbc(url), properties(url));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select current_user || ' ' || ssl from pg_stat_ssl where pid = pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    private static String jdbc(String url) {
        try {
            return DatabaseUrl.parse(url).jdbc(Map.of());
        } catch (MalformedException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static Properties properties(String url) {
        Properties properties = new Properties();
        properties.setProperty("user", url.replaceFirst("postgresql://([^@]*)@.*", "$1"));
        return properties;
    }

    /** The one line of a start that fails for this reason. */
    private static String refusal(String url) {
        SQLException failed = assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> connect(url))
                .actual();
        String line = String.valueOf(
                StartUpFailure.connecting("DATABASE_URL", "db", failed).getMessage());
        assertThat(line).startsWith("cannot use PostgreSQL at db: ").doesNotContain("\n");
        return line;
    }

    @Nested
    class AKey {
        @ParameterizedTest
        @CsvSource({
            "rsa, PKCS#8, PRIVATE KEY",
            "rsa, PKCS#1, RSA PRIVATE KEY",
            "rsa, PKCS#8, ",
            "rsa, PKCS#1, ",
            "ec, PKCS#8, PRIVATE KEY",
            "ec, SEC 1, EC PRIVATE KEY",
            "ec, PKCS#8, ",
            "ec, SEC 1, ",
            "ed, PKCS#8, PRIVATE KEY",
        })
        void isTakenInEachForm(String user, String form, String label) throws SQLException {
            byte[] der = form.equals("PKCS#8") ? certificates.key(user).getEncoded() : certificates.bareKey(user);
            // What the file is called says nothing.
            for (String suffix : new String[] {".key", ".pem", ".der", ".pk8", ""}) {
                Path key = certificates.writeKey("form" + suffix, label == null ? der : Certificates.pem(label, der));
                assertThat(connect(server.url(user, key))).isEqualTo(user + " true");
            }
        }

        /** As "openssl ecparam -genkey" writes it, with the name of the curve before. */
        @Test
        void isFoundAmongOtherText() throws SQLException {
            String text =
                    "Bag Attributes\n-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                            + new String(
                                    Certificates.pem("EC PRIVATE KEY", certificates.bareKey("ec")),
                                    StandardCharsets.US_ASCII);
            Path key = certificates.writeKey(
                    "with-parameters.key", text.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(connect(server.url("ec", key))).isEqualTo("ec true");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "garbage",
                    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                    "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
                    "-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n"
                })
        void isNotMadeOfAnythingElse(String content) {
            Path key = certificates.writeKey("garbage.key", content.getBytes(StandardCharsets.US_ASCII));
            assertThat(refusal(server.url("rsa", key)))
                    .contains("DATABASE_URL, sslkey: " + key + " holds no private key of the certificate's kind (RSA)")
                    .contains("PKCS#8, PKCS#1 or SEC 1");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", """
                    -----BEGIN RSA PRIVATE KEY-----
                    Proc-Type: 4,ENCRYPTED
                    DEK-Info: AES-256-CBC,00

                    AAAA
                    -----END RSA PRIVATE KEY-----
                    """})
        void isNotEncrypted(String content) {
            Path key = certificates.writeKey("encrypted.key", content.getBytes(StandardCharsets.US_ASCII));
            assertThat(refusal(server.url("rsa", key)))
                    .contains("sslkey: " + key + " is encrypted: wanted is a key without a passphrase");
        }

        @Test
        void isTheCertificates() {
            assertThat(refusal(server.url("rsa", certificates.file("server.key"))))
                    .contains("server.key is not the key of the certificate in sslcert");
            assertThat(refusal(server.url("rsa", certificates.file("ec.key"))))
                    .contains("ec.key holds no private key of the certificate's kind (RSA)");
        }

        /** The rule of psql. */
        @Test
        void isNotReadableForEverybody() throws IOException {
            Path key = certificates.writeKey("open.key", Files.readAllBytes(certificates.file("rsa.key")));
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(refusal(server.url("rsa", key)))
                    .contains("sslkey: private key file")
                    .contains("0600");
        }

        @Test
        void isReadAgainForEachConnection() throws IOException, SQLException {
            Path key = certificates.writeKey("renewed.key", Files.readAllBytes(certificates.file("rsa.key")));
            Path certificate = Files.copy(certificates.file("rsa.crt"), certificates.file("renewed.crt"));
            String url =
                    server.url("rsa", key).replace(certificates.file("rsa.crt").toString(), certificate.toString());
            assertThat(connect(url)).isEqualTo("rsa true");
            certificates.writeKey("renewed.key", Files.readAllBytes(certificates.file("ec.key")));
            Files.write(certificate, Files.readAllBytes(certificates.file("ec.crt")));
            assertThat(connect(url.replace("rsa@", "ec@"))).isEqualTo("ec true");
        }
    }

    @Nested
    class AFile {
        @ParameterizedTest
        @ValueSource(strings = {"sslrootcert", "sslcert", "sslkey"})
        void thatIsMissingIsNamed(String option) {
            String url =
                    server.url("rsa", certificates.file("rsa.key")).replaceAll(option + "=[^&]*", option + "=/nowhere");
            assertThat(refusal(url)).endsWith("DATABASE_URL, " + option + ": there is no file /nowhere");
        }

        @ParameterizedTest
        @ValueSource(strings = {"sslrootcert", "sslcert", "sslkey"})
        void thatIsAFolderIsNamed(String option) {
            String url = server.url("rsa", certificates.file("rsa.key"))
                    .replaceAll(option + "=[^&]*", option + "=" + folder);
            assertThat(refusal(url)).contains("DATABASE_URL, " + option + ": ").contains(folder.toString());
        }

        @ParameterizedTest
        @ValueSource(strings = {"sslrootcert", "sslcert"})
        void thatIsNoCertificateIsNamed(String option) throws IOException {
            for (String content :
                    new String[] {"", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
                Path file = Files.writeString(certificates.file("no-certificate"), content);
                String url = server.url("rsa", certificates.file("rsa.key"))
                        .replaceAll(option + "=[^&]*", option + "=" + file);
                assertThat(refusal(url))
                        .as(content)
                        .contains("DATABASE_URL, " + option + ": " + file + " holds no X.509 certificate");
            }
        }

        @Test
        void ofAKeyNeedsItsCertificate() {
            String url = server.url("rsa", certificates.file("rsa.key"));
            assertThat(refusal(url.replaceAll("&sslcert=[^&]*", ""))).contains("sslcert and sslkey go together");
            assertThat(refusal(url.replaceAll("&sslkey=[^&]*", ""))).contains("sslcert and sslkey go together");
        }
    }

    @Nested
    class TheServer {
        private final String url = server.url("rsa", certificates.file("rsa.key"));

        @ParameterizedTest
        @ValueSource(strings = {"verify-ca", "verify-full"})
        void isVerifiedByAnAuthorityOnly(String mode) {
            assertThat(refusal(url.replaceAll("&sslrootcert=[^&]*", "").replace("verify-full", mode)))
                    .contains("sslmode=" + mode + " needs the certificate of the server's authority: add sslrootcert=");
        }

        /** As psql has it: who names an authority wants it asked. */
        @ParameterizedTest
        @ValueSource(strings = {"require", "verify-ca", "verify-full"})
        void isNotTakenForAnother(String mode) {
            assertThat(refusal(url.replaceAll("sslrootcert=[^&]*", "sslrootcert=" + certificates.file("rsa.crt"))
                            .replace("verify-full", mode)))
                    .contains("the server's certificate is not of an authority in sslrootcert");
        }

        @Test
        void isNotOfTheSystemsAuthorities() {
            assertThat(refusal(url.replaceAll("sslrootcert=[^&]*", "sslrootcert=system")))
                    .contains("the server's certificate is not of an authority in sslrootcert");
        }

        @Test
        void hasItsName() throws SQLException {
            String elsewhere = url.replace("127.0.0.1", "localhost");
            assertThat(refusal(elsewhere)).contains("the server's certificate is for another host name");
            assertThat(connect(elsewhere.replace("verify-full", "verify-ca"))).isEqualTo("rsa true");
        }

        @ParameterizedTest
        @ValueSource(strings = {"require", "prefer", "allow"})
        void isNotVerifiedWhereNobodyAsks(String mode) throws SQLException {
            assertThat(connect(url.replaceAll("&sslrootcert=[^&]*", "").replace("verify-full", mode)))
                    .isEqualTo("rsa true");
        }

        @Test
        void saysWhoItLetsIn() {
            assertThat(refusal(url.replaceAll("&sslcert=.*", "")))
                    .contains("the server asks for a client certificate: add sslcert and sslkey to DATABASE_URL");
            assertThat(refusal(url.replace("rsa@", "ec@"))).contains("the certificate in sslcert is another user's");
        }

        /** Its alert may be lost with the connection that it closes. */
        @Test
        void doesNotTakeTheCertificateOfAnyAuthority(@TempDir Path other) {
            Certificates strange = new Certificates(other);
            strange.sign("rsa", "RSA");
            assertThat(refusal(url.replaceAll("&sslcert=.*", "") + "&sslcert=" + strange.file("rsa.crt") + "&sslkey="
                            + strange.file("rsa.key")))
                    .containsAnyOf("the server does not take the certificate in sslcert", "it does not answer");
        }
    }
}
