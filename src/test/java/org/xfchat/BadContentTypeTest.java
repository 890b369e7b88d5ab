package org.xfchat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.RawRequest;
import org.xfchat.testing.StillAnswering;
import org.xfchat.testing.TestDatabase;

/** What a body is announced as, where no HTTP library would say it so (RFC 9110 sections 8.3, 8.4 and 15.5.16). */
@QuarkusTest
@Tag("whole-service")
@QuarkusTestResource(TestDatabase.class)
class BadContentTypeTest extends StillAnswering {
    @ParameterizedTest
    @MethodSource("org.xfchat.BadInputTest#bodies")
    void anEncodedBodyIs415(String endpoint) {
        RawRequest request =
                new RawRequest(BadInputTest.method(endpoint), BadInputTest.path(endpoint, conversation), alice);
        byte[] body = BadInputTest.body(endpoint, Map.of()).getBytes(UTF_8);
        for (String encoding : List.of("gzip", "br", "x")) {
            assertThat(request.send(body, false, "Content-Type: application/json", "Content-Encoding: " + encoding))
                    .as("%s as %s", endpoint, encoding)
                    .isEqualTo(415);
        }
        assertThat(request.send(body, false, "Content-Type: application/json", "Content-Encoding: identity"))
                .isNotEqualTo(415);
    }

    @ParameterizedTest
    @MethodSource("org.xfchat.BadInputTest#bodies")
    void whatIsNoContentTypeIs415(String endpoint) {
        RawRequest request =
                new RawRequest(BadInputTest.method(endpoint), BadInputTest.path(endpoint, conversation), alice);
        byte[] body = BadInputTest.body(endpoint, Map.of()).getBytes(UTF_8);
        for (String garbage : List.of("garbage", "a/b/c", ";;;", "/", "application/json; charset")) {
            int status = request.send(body, false, "Content-Type: " + garbage);
            if (BadInputTest.OLD_MANNERED.contains(endpoint)) {
                assertThat(status).as("%s as %s", endpoint, garbage).isNotEqualTo(415);
            } else {
                assertThat(status).as("%s as %s", endpoint, garbage).isEqualTo(415);
            }
        }
    }
}
