package org.xfchat;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.OpenApiDocument;
import org.xfchat.testing.TestDatabase;

/** Each address of the service is a value of {@code uri} of its own, whatever is asked of it; everything else is one. */
@QuarkusTest
@Tag("whole-service")
@QuarkusTestResource(TestDatabase.class)
class MeasuredAddressesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String OTHER = "other";

    @Inject
    MeterRegistry meters;

    static List<String> paths() {
        return OpenApiDocument.COMMITTED.operations().stream()
                .map(OpenApiDocument.Operation::path)
                // Those of operators are not measured.
                .filter(path -> !path.startsWith("/q/"))
                .distinct()
                .toList();
    }

    /** What was measured of one address, however its parts are called. */
    private long measured(String uri) {
        return meters.find("http.server.requests").timers().stream()
                .filter(timer ->
                        shape(String.valueOf(timer.getId().getTag("uri"))).equals(shape(uri)))
                .mapToLong(Timer::count)
                .sum();
    }

    private static String shape(String uri) {
        return uri.replaceAll("\\{[^}]*}", "{}");
    }

    private static void ask(String method, String path) {
        given().request(method, path.replaceAll("\\{[^}]*}", UUID.randomUUID().toString()));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void isKnown(String path) {
        List<String> methods = Stream.concat(
                        OpenApiDocument.COMMITTED.operations().stream()
                                .filter(operation -> operation.path().equals(path))
                                .map(OpenApiDocument.Operation::method),
                        // Those for which no method of a resource is found, and a request that is refused before.
                        Stream.of("OPTIONS", "PATCH"))
                .distinct()
                .toList();
        long before = measured(path);
        long others = measured(OTHER);
        methods.forEach(method -> ask(method, path));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(measured(path) - before)
                        .as("measured: %s", uris())
                        .isGreaterThanOrEqualTo(methods.size()));
        assertThat(measured(OTHER)).isEqualTo(others);
    }

    private String uris() {
        return meters.find("http.server.requests").timers().stream()
                .map(timer -> timer.getId().getTag("uri"))
                .distinct()
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @Test
    void whatIsNoneIsOther() {
        long before = measured(OTHER);
        ask("GET", "/api/" + UUID.randomUUID());
        ask("POST", "/sync/" + UUID.randomUUID());
        await().atMost(SOON).until(() -> measured(OTHER) == before + 2);
    }
}
