package org.xfchat.error;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.RawRequest;

/** The same of the package, where Netty and the service are loaded together, so that Netty finds what answers for it. */
@QuarkusIntegrationTest
class EdgeAnswersIT extends EdgeAnswersTest {
    static Stream<Arguments> bareRequests() {
        return Stream.of(
                Arguments.of(400, "GET /%zz HTTP/1.1\r\n" + HOST + END),
                Arguments.of(400, "GET /api/%f HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "garbage\r\n\r\n"),
                Arguments.of(400, "GET /api/auth/me HTTP/1.1\nHost: localhost\n\n"),
                Arguments.of(400, "GET /api/auth/me HTTP/1.1\r\n" + HOST + "a b: c\r\n" + END),
                Arguments.of(400, "POST /api/auth/login HTTP/1.1\r\n" + HOST + "Content-Length: x\r\n" + END),
                Arguments.of(414, "GET /" + "a".repeat(9000) + " HTTP/1.1\r\n" + HOST + END),
                Arguments.of(431, "GET / HTTP/1.1\r\n" + HOST + "a: " + "b".repeat(20_000) + "\r\n" + END));
    }

    @ParameterizedTest
    @MethodSource("bareRequests")
    void bareOnesTheSame(int status, String request) {
        check(status, request);
    }

    @ParameterizedTest
    @MethodSource("bareRequests")
    void nothingFollowsABareOne(int status, String request) {
        assertThat(RawRequest.answer(request.replace("Connection: close\r\n", "") + request)
                        .split("HTTP/1\\.1 " + status, -1))
                .hasSize(2);
    }
}
