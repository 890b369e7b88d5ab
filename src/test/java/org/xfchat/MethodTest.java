package org.xfchat;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.OpenApiDocument;
import org.xfchat.testing.OpenApiDocument.Operation;
import org.xfchat.testing.TestDatabase;

/** At every address the methods that are documented, and with 405 a list of exactly these (RFC 9110, section 15.5.6). */
@QuarkusTest
@Tag("whole-service")
@QuarkusTestResource(TestDatabase.class)
class MethodTest {
    private static final Set<String> METHODS =
            Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "MULTIPLEX", "PROPFIND", "x");

    static Stream<String> addresses() {
        return OpenApiDocument.COMMITTED.operations().stream()
                .map(Operation::path)
                .distinct()
                .filter(path -> !path.contains("health"));
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void anotherOneIs405WithThoseThatThereAre(String address) {
        Set<String> documented = OpenApiDocument.COMMITTED.operations().stream()
                .filter(operation -> operation.path().equals(address))
                .map(Operation::method)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> expected = new TreeSet<>(documented);
        expected.add("OPTIONS");
        if (documented.contains("GET")) {
            expected.add("HEAD");
        }
        for (String method : METHODS) {
            if (!documented.contains(method)) {
                Response answer = given().request(
                                method,
                                address.replaceAll("\\{\\w+}", UUID.randomUUID().toString()));
                assertThat(answer.statusCode()).as("%s %s", method, address).isEqualTo(405);
                assertThat(answer.asString()).isEqualTo("This method is not allowed here");
                assertThat(Arrays.asList(answer.header("Allow").split(", ", -1)))
                        .as("%s %s", method, address)
                        .containsExactlyElementsOf(expected);
            }
        }
    }

    /** What {@code OPTIONS} says is what 405 says. */
    @ParameterizedTest
    @MethodSource("addresses")
    void optionsSaysTheSame(String address) {
        String path = address.replaceAll("\\{\\w+}", UUID.randomUUID().toString());
        String refused = given().request("x", path).header("Allow");
        Response answer = given().options(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("Allow")).isEqualTo(refused);
    }
}
