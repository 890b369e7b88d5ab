package org.xfchat.error;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.RawRequest;
import org.xfchat.testing.TestDatabase;

/** What is refused before there is a route for it looks like every other refusal. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class EdgeAnswersTest {
    private static final List<String> HEADERS = List.of(
            "x-request-id: ",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "content-security-policy: default-src 'none'; frame-ancestors 'none'",
            "cache-control: no-store",
            "content-type: text/plain;charset=utf-8");

    static final String HOST = "Host: localhost\r\n";
    static final String END = "Connection: close\r\n\r\n";

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of(400, "GET /api/auth/me HTTP/1.1\r\nHost: a b\r\n" + END),
                Arguments.of(400, "GET /api/auth/me HTTP/1.1\r\nHost: [::\r\n" + END),
                Arguments.of(400, "GET /api/auth/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + END),
                Arguments.of(400, "GET /api/auth/me HTTP/1.1\r\n" + END),
                Arguments.of(400, "GET /api/auth/me HTTP/9.9\r\n" + HOST + END),
                Arguments.of(404, "OPTIONS * HTTP/1.1\r\n" + HOST + END),
                Arguments.of(404, "CONNECT localhost:80 HTTP/1.1\r\n" + HOST + END),
                Arguments.of(404, "GET /nothing HTTP/1.1\r\n" + HOST + END));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void haveABodyAndHeadersLikeAllOthers(int status, String request) {
        check(status, request);
    }

    static void check(int status, String request) {
        String answer = RawRequest.answer(request);
        String shown = request.substring(0, Math.min(80, request.length())) + ": " + answer;
        assertThat(answer).as(shown).startsWith("HTTP/1.1 " + status + " ");
        int end = answer.indexOf("\r\n\r\n");
        String head = answer.substring(0, end).toLowerCase(Locale.ROOT);
        String body = answer.substring(end + 4);
        for (String header : HEADERS) {
            assertThat(head).as(shown).contains(header);
        }
        assertThat(head).as(shown).contains("content-length: " + body.length());
        assertThat(body).as(shown).matches("[A-Z][^{}<>\"]+[a-z12]").doesNotContain("Exception");
    }

    /** They are answered, so that those behind them are read. */
    @Test
    void whatFailsBeforeTheRoutesKeepsNothingFromBeingRead() {
        String good = "GET /nothing HTTP/1.1\r\n" + HOST + "\r\n";
        String failing = "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n";
        String answers = RawRequest.answer((good + failing).repeat(5) + "GET /nothing HTTP/1.1\r\n" + HOST + END);
        assertThat(answers.split("HTTP/1\\.1 404 ", -1)).hasSize(12);
    }
}
