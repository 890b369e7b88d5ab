package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.Extent;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** The language, the zone and the character set of a process, and the locale of a database, change nothing. */
class ForeignProcessIT {
    private static final String PASSWORD = "correct h\u00f6rse";
    private static final String MICROSECONDS = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z";

    private static OwnServer server;

    @BeforeAll
    static void start() {
        server = OwnServer.start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static String url(String database) {
        return server.url(database, "postgres", "postgres");
    }

    /** Digits of its own, a zone that PostgreSQL does not know, and one byte per character. */
    private static Service foreign(String url) {
        Map<String, String> environment = new HashMap<>(Service.settings(url));
        environment.put("LC_ALL", "POSIX");
        environment.put("TZ", "IST");
        List<String> options = Service.isNative()
                ? List.of("-Duser.language=ar", "-Duser.country=EG", "-Duser.timezone=PST")
                : List.of(
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-Duser.language=ar",
                        "-Duser.country=EG",
                        "-Duser.extensions=u-nu-arab",
                        "-Duser.timezone=PST",
                        "-Dfile.encoding=ISO-8859-1");
        return Service.deployed(options, environment).awaitReady();
    }

    @Test
    void whatOneStoresAnotherReads() {
        String url = url(server.newDatabase());
        String text = "\u0645\u0631\u062d\u0628\u0627 123 \u0130\u0131 \ud83d\ude00";
        UUID conversation;
        UUID message;
        try (Service service = foreign(url)) {
            Visitor ann = Visitor.signUp(service, "INGRID", PASSWORD);
            Visitor bob = Visitor.signUp(service, "bob", PASSWORD);
            ann.post("/api/friends/request", Map.of("to_email", "BOB@new.test"));
            UUID request = UUID.fromString(
                    bob.read("/api/friends/requests").at("/requests/0/id").asText());
            bob.post("/api/friends/respond", Map.of("request_id", request, "accept", true));
            conversation = UUID.fromString(
                    ann.read("/api/conversations").at("/conversations/0/id").asText());
            message = ann.say(conversation, text);
            assertThat(Visitor.logIn(service, "ingrid", PASSWORD)).isPresent();
            assertThat(ann.history(conversation).get(0).path("timestamp").asText())
                    .matches(MICROSECONDS);
        }
        try (Service service = Service.serve(Service.settings(url)).awaitReady()) {
            Visitor ann = Visitor.logIn(service, "iNGRID", PASSWORD).orElseThrow();
            assertThat(ann.username()).isEqualTo("INGRID");
            assertThat(ann.history(conversation)).singleElement().satisfies(found -> {
                assertThat(found.path("id").asText()).isEqualTo(message.toString());
                assertThat(found.path("content").asText()).isEqualTo(text);
            });
        }
    }

    /** One in which letters have another case in each build. */
    static List<String> locales() {
        List<String> all = List.of(
                "encoding 'UTF8' locale_provider icu icu_locale 'tr-TR' locale 'C' template template0",
                "encoding 'UTF8' locale_provider icu icu_locale 'und-u-ks-level1' locale 'C' template template0",
                "encoding 'UTF8' locale 'C' template template0");
        return Extent.of(all.subList(0, 1), all);
    }

    @ParameterizedTest
    @MethodSource("locales")
    void namesAndAddressesAreTheSameByLettersAToZOnly(String options) {
        String url = url(server.newDatabase(options));
        String kelvin = "\u212aATE";
        try (Service service = Service.serve(Service.settings(url)).awaitReady()) {
            Visitor first = Visitor.signUp(service, "INGRID", PASSWORD);
            for (String typed : List.of("ingrid", "Ingrid", "INGRID@NEW.TEST", "ingrid@new.test")) {
                assertThat(Visitor.logIn(service, typed, PASSWORD).map(Visitor::id))
                        .as(typed)
                        .contains(first.id());
            }
            for (String taken : List.of("ingrid", "INGRID", "iNGRID")) {
                Visitor.Answer answer = signUp(service, taken, "other@new.test");
                assertThat(answer.status()).as(taken).isEqualTo(409);
            }
            assertThat(signUp(service, "other", "ingrid@new.test".toUpperCase(Locale.ROOT))
                            .status())
                    .isEqualTo(409);
            // With another letter it is nobody's.
            assertThat(Visitor.logIn(service, "\u0131ngrid@new.test", PASSWORD)).isEmpty();
            assertThat(Visitor.logIn(service, "\u0130NGRID@new.test", PASSWORD)).isEmpty();
            assertThat(signUp(service, "kate", "kate@new.test").status()).isEqualTo(200);
            assertThat(Visitor.logIn(service, kelvin + "@new.test", PASSWORD)).isEmpty();
        }
    }

    private static Visitor.Answer signUp(Service service, String username, String email) {
        return Visitor.anonymously(
                service,
                "POST",
                "/api/auth/signup",
                Map.of("username", username, "email", email, "password", PASSWORD));
    }
}
