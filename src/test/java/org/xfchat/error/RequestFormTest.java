package org.xfchat.error;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.RawRequest;
import org.xfchat.testing.TestDatabase;

/** RFC 9112: first lines, Host and line ends that two servers may read differently are refused by ours. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class RequestFormTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /health HTTP/9.9\r\nHost: x\r\n\r\n",
                "GET /health HTTP/2.0\r\nHost: x\r\n\r\n",
                "GET /health HTTP/0.9\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.2\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.10\r\nHost: x\r\n\r\n",
                "GET /health http/1.1\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.1x\r\nHost: x\r\n\r\n",
                "GET /health HTTP/ 1.1\r\nHost: x\r\n\r\n",
                "GET /health ICY/1.1\r\nHost: x\r\n\r\n",
                "GET /health\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.1\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET /health HTTP/1.1\nHost: x\n\n",
                "GET /health HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
                "GET /health HTTP/1.1\nHost: x\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\n\n",
                "GET /health HTTP/1.1\r\n Host: x\r\n\r\n",
                "GET  /health HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET  /health\tHTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.1 \r\nHost: x\r\n\r\n"
            })
    void isRefused(String request) {
        assertThat(RawRequest.send(request.getBytes(ISO_8859_1))).as(request).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /health HTTP/1.1\r\nhOST: x\r\nConnection: close\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
                "GET /health HTTP/1.0\r\n\r\n",
                "GET /health HTTP/1.0\r\nHost: x\r\n\r\n",
                "GET http://x/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "\r\nGET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            })
    void isServed(String request) {
        assertThat(RawRequest.answer(request)).as(request).startsWith("HTTP/1.").contains(" 200 OK");
    }

    @Test
    void isToldWhyAndNothingMoreOfTheConnectionIsRead() {
        String second = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
        String answer =
                RawRequest.answer("GET /health HTTP/9.9\r\nHost: x\r\nAccept: application/json\r\n\r\n" + second);
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .containsIgnoringCase("connection: close")
                .containsIgnoringCase("x-request-id: ")
                .containsIgnoringCase("x-content-type-options: nosniff")
                .contains("\"code\":\"invalid_request\"")
                .doesNotContain("200 OK");
        assertThat(RawRequest.answer("GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"))
                .containsIgnoringCase("connection: close")
                .endsWith("There must be one Host");
    }
}
