package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.postgresql.Driver;
import org.xfchat.database.DatabaseUrl.MalformedException;

/** Any {@code DATABASE_URL} is read, or refused in one line without the password; what it says reaches the driver. */
class DatabaseUrlPropertyTest {
    private static final String PASSWORD = "Sesame";

    /** Parts of an address, well or badly put together, always with the password somewhere. */
    @Provide
    Arbitrary<String> anything() {
        Arbitrary<String> piece = Arbitraries.oneOf(
                Arbitraries.of(
                        "postgresql://",
                        "postgres://",
                        "jdbc:",
                        "jdbc:postgresql://",
                        "mysql://",
                        "u",
                        ":",
                        PASSWORD,
                        "@",
                        "host",
                        "[::1]",
                        "[fe80::1%eth0]",
                        "]",
                        ",",
                        ":5432",
                        ":0",
                        ":99999",
                        ":99999999",
                        "/",
                        "db",
                        "?",
                        "&",
                        "=",
                        "sslmode=require",
                        "password=" + PASSWORD,
                        PASSWORD + "=" + PASSWORD,
                        "sslmode=" + PASSWORD,
                        "connect_timeout=" + PASSWORD,
                        "target_session_attrs=" + PASSWORD,
                        "%",
                        "%4",
                        "%zz",
                        "%00",
                        "%ff",
                        "%0A",
                        "#",
                        "\\",
                        "$",
                        "\r\n",
                        " "),
                Arbitraries.strings().all().ofMaxLength(3));
        return piece.list().ofMaxSize(14).map(pieces -> String.join("", pieces));
    }

    /** Addresses that would be right but for one character. */
    @Provide
    Arbitrary<String> damaged() {
        String right = "postgresql://user:" + PASSWORD + "@db.test:5432/chat?sslmode=require&options=-c%20x%3D1";
        return Arbitraries.integers()
                .between(0, right.length())
                .flatMap(at -> Arbitraries.oneOf(
                                Arbitraries.of("%", "/", "@", ":", "?", "#", "&", "[", "\n", "\u0000"),
                                Arbitraries.strings().all().ofLength(1))
                        .map(text -> right.substring(0, at) + text + right.substring(at)));
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .all()
                .ofMinLength(1)
                .ofMaxLength(20)
                .filter(StandardCharsets.UTF_8.newEncoder()::canEncode);
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void isReadOrRefusedWithoutThePassword(String text) {
        try {
            DatabaseUrl url = DatabaseUrl.parse(text);
            assertThat(url.hosts()).isNotEmpty();
            assertThat(url.user()).isNotEmpty();
            assertThat(url.database()).isNotEmpty();
        } catch (MalformedException refused) {
            assertThat(refused.getMessage())
                    .doesNotContain(PASSWORD)
                    .doesNotContain("\n", "\r", "\u0000")
                    .hasSizeLessThan(300);
        }
    }

    @Property
    void anythingIsReadOrRefused(@ForAll("anything") String text) {
        isReadOrRefusedWithoutThePassword(text);
    }

    @Property
    void whatIsDamagedIsReadOrRefused(@ForAll("damaged") String text) {
        isReadOrRefusedWithoutThePassword(text);
    }

    @Property
    void everyPartIsWhatWasEncoded(
            @ForAll @From("names") String user,
            @ForAll @From("names") String password,
            @ForAll @From("names") String database,
            @ForAll @From("names") String application,
            @ForAll @IntRange(min = 1, max = 65_535) int port)
            throws MalformedException {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://" + encoded(user) + ":" + encoded(password) + "@db.test:"
                + port + "/" + encoded(database) + "?application_name=" + encoded(application));
        assertThat(url.hosts()).isEqualTo(List.of("db.test:" + port));
        assertThat(url.user()).isEqualTo(user);
        assertThat(url.password()).isEqualTo(password);
        assertThat(url.database()).isEqualTo(database);
        assertThat(Driver.parseURL(url.jdbc(java.util.Map.of()), null))
                .as("what the driver reads")
                .containsEntry("PGDBNAME", database)
                .containsEntry("PGPORT", String.valueOf(port))
                .containsEntry("ApplicationName", application);
    }
}
