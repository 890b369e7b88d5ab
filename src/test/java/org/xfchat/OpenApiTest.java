package org.xfchat;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.xfchat.testing.Person.anonymous;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xfchat.error.ErrorCode;
import org.xfchat.testing.OpenApiCheck;
import org.xfchat.testing.OpenApiDocument;
import org.xfchat.testing.OpenApiDocument.Operation;
import org.xfchat.testing.Person;
import org.xfchat.testing.ResourceMethods;
import org.xfchat.testing.TestDatabase;

/** The committed document says what the code does; {@link OpenApiSchemaTest} looks at its types. */
@QuarkusTest
@Tag("documents")
@QuarkusTestResource(TestDatabase.class)
class OpenApiTest {
    private static final OpenApiDocument DOCUMENT = OpenApiDocument.COMMITTED;
    private static final String PROBLEM = "application/problem+json";

    @Inject
    ObjectMapper json;

    private static String name(Operation operation) {
        return operation.method() + " " + operation.path();
    }

    @Nested
    class Operations {
        @Test
        void areThoseOfTheResources() {
            assertThat(ResourceMethods.all()).isNotEmpty();
            assertThat(DOCUMENT.operations())
                    .filteredOn(operation -> !operation.path().startsWith("/q/"))
                    .extracting(OpenApiTest::name)
                    .containsExactlyInAnyOrderElementsOf(ResourceMethods.all());
        }

        @Test
        void areThoseOfTheHealthEndpoints() {
            List<String> health = DOCUMENT.operations().stream()
                    .map(Operation::path)
                    .filter(path -> path.startsWith("/q/"))
                    .toList();
            assertThat(health).containsExactlyInAnyOrder("/q/health/live", "/q/health/ready", "/q/health/started");
            for (String path :
                    List.of("/health", "/api/health", "/q/health/live", "/q/health/ready", "/q/health/started")) {
                anonymous().get(path).then().statusCode(200);
            }
        }

        @Test
        void askForATokenExactlyWhereTheServiceDoes() {
            for (Operation operation : DOCUMENT.operations()) {
                String path = operation.path().replaceAll("\\{[^}]*\\}", "16fd2706-8baf-433b-82eb-8c7fada847da");
                int status = anonymous().request(operation.method(), path).statusCode();
                boolean open = operation.description().has("security");
                assertThat(status == 401).as(name(operation)).isEqualTo(!open);
                assertThat(operation.description().at("/responses/401").isMissingNode())
                        .as(name(operation))
                        .isEqualTo(open && !operation.path().equals("/api/auth/login"));
            }
        }
    }

    @Nested
    class Errors {
        @Test
        void areAllNamedAndNoOthers() {
            List<String> codes =
                    Arrays.stream(ErrorCode.values()).map(ErrorCode::code).toList();
            assertThat(DOCUMENT.root().at("/components/schemas/Problem/properties/code/enum"))
                    .extracting(JsonNode::asText)
                    .containsExactlyInAnyOrderElementsOf(codes);
            Set<String> occurring = new HashSet<>(Set.of("not_found", "method_not_allowed"));
            for (Operation operation : DOCUMENT.operations()) {
                operation
                        .description()
                        .get("responses")
                        .elements()
                        .forEachRemaining(response -> DOCUMENT.resolve(response)
                                .path("content")
                                .path(PROBLEM)
                                .path("examples")
                                .fieldNames()
                                .forEachRemaining(occurring::add));
            }
            assertThat(occurring).containsExactlyInAnyOrderElementsOf(codes);
        }

        @Test
        void standUnderTheirStatusInBothRepresentations() {
            for (Operation operation : DOCUMENT.operations()) {
                for (Map.Entry<String, JsonNode> entry :
                        operation.description().get("responses").properties()) {
                    JsonNode response = DOCUMENT.resolve(entry.getValue());
                    JsonNode problems = response.path("content").path(PROBLEM).path("examples");
                    for (Map.Entry<String, JsonNode> example : problems.properties()) {
                        String code = example.getKey();
                        JsonNode problem = DOCUMENT.resolve(example.getValue()).get("value");
                        ErrorCode expected = ErrorCode.valueOf(code.toUpperCase(java.util.Locale.ROOT));
                        assertThat(entry.getKey()).as(code).isEqualTo(String.valueOf(expected.status()));
                        assertThat(problem.get("code").asText()).isEqualTo(code);
                        assertThat(problem.get("status").asInt()).isEqualTo(expected.status());
                        assertThat(problem.get("title").asText()).isEqualTo(expected.title());
                        assertThat(problem.has("id")).isEqualTo(expected.status() >= 500);
                        assertThat(response.get("description").asText()).contains("`" + code + "`");
                        assertThat(response.at("/content/text~1plain/examples/" + code + "/value")
                                        .asText())
                                .startsWith(problem.get("detail").asText());
                    }
                }
            }
        }
    }

    @Nested
    class Examples {
        /** Everything with a schema and examples, by where it stands. */
        private static List<Map.Entry<String, JsonNode>> described() {
            List<Map.Entry<String, JsonNode>> found = new ArrayList<>();
            for (Operation operation : DOCUMENT.operations()) {
                String name = name(operation);
                JsonNode description = operation.description();
                description
                        .path("parameters")
                        .forEach(parameter -> found.add(Map.entry(name, DOCUMENT.resolve(parameter))));
                description.path("requestBody").path("content").forEach(body -> found.add(Map.entry(name, body)));
                for (Map.Entry<String, JsonNode> response :
                        description.get("responses").properties()) {
                    String where = name + " " + response.getKey();
                    JsonNode resolved = DOCUMENT.resolve(response.getValue());
                    resolved.path("headers").forEach(header -> found.add(Map.entry(where, DOCUMENT.resolve(header))));
                    resolved.path("content").forEach(body -> found.add(Map.entry(where, body)));
                }
            }
            return found;
        }

        /**
         * Swagger UI fills its form with examples. With an optional parameter in it an ordinary request would become another one: a
         * stream, a conditional one, a page after a message that nobody has.
         */
        private static boolean isSentByTheForm(JsonNode described) {
            return described.has("in") && !described.path("required").asBoolean();
        }

        @Test
        void areThereAndValid() {
            assertThat(described()).isNotEmpty();
            for (Map.Entry<String, JsonNode> place : described()) {
                List<JsonNode> examples = DOCUMENT.examples(place.getValue());
                assertThat(examples.isEmpty())
                        .as("%s: %s", place.getKey(), place.getValue())
                        .isEqualTo(isSentByTheForm(place.getValue()));
                for (JsonNode example : examples) {
                    assertThat(DOCUMENT.faults(place.getValue().get("schema"), example))
                            .as("%s: %s", place.getKey(), example)
                            .isEmpty();
                }
            }
        }
    }

    @Nested
    class Served {
        @ParameterizedTest
        @CsvSource({
            "/q/openapi, */*, yaml",
            "/q/openapi, application/json, json",
            "/q/openapi?format=JSON, */*, json",
            "/q/openapi?format=yaml, application/json, yaml",
            "/q/openapi.yaml, */*, yaml",
            "/q/openapi.yml, application/json, yaml",
            "/q/openapi.json, */*, json"
        })
        void isYamlUnlessJsonIsAskedFor(String address, String accept, String form) throws IOException {
            byte[] served = given().header("Accept", accept)
                    .get(address)
                    .then()
                    .statusCode(200)
                    .header("Content-Type", "application/" + form + ";charset=UTF-8")
                    .extract()
                    .asByteArray();
            byte[] committed = Files.readAllBytes(java.nio.file.Path.of("src/main/resources/META-INF/openapi.yaml"));
            if (form.equals("yaml")) {
                assertThat(served).isEqualTo(committed);
            } else {
                assertThat(json.readTree(served))
                        .isEqualTo(json.readTree(DOCUMENT.root().toString()));
            }
            given().head(address).then().statusCode(200);
            given().delete(address).then().statusCode(405);
        }

        @Test
        void isTheCommittedDocument() throws JsonProcessingException {
            String served = given().queryParam("format", "json")
                    .get("/q/openapi")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString();
            assertThat(json.readTree(served))
                    .isEqualTo(json.readTree(DOCUMENT.root().toString()));
        }
    }

    @Nested
    class Check {
        @Test
        void seesAFieldTooManyAndOneTooFew() throws JsonProcessingException {
            JsonNode schema = json.readTree("{\"$ref\": \"#/components/schemas/UserResponse\"}");
            ObjectNode user = json.valueToTree(
                    Person.signUp().request().get("/api/auth/me").as(Map.class));
            assertThat(DOCUMENT.faults(schema, user)).isEmpty();
            assertThat(DOCUMENT.faults(schema, user.deepCopy().put("password_hash", "x")))
                    .hasSize(1);
            assertThat(DOCUMENT.faults(schema, user.deepCopy().without("subscription_status")))
                    .hasSize(1);
            assertThat(DOCUMENT.faults(schema, user.deepCopy().putNull("email")))
                    .hasSize(1);
        }

        @Test
        void refusesAnAddressThatIsNotDocumented() {
            assertThatThrownBy(() -> given().filter(OpenApiCheck.FILTER).get("/q/health"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("GET /q/health answered 200");
        }

        @Test
        void leavesUnknownAddressesAndMethodsAlone() {
            anonymous().get("/nowhere").then().statusCode(404);
            anonymous().put("/api/auth/login").then().statusCode(405);
            anonymous().head("/api/health").then().statusCode(200);
        }
    }
}
