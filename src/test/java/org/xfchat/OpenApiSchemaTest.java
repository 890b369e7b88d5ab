package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.ws.rs.Path;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.error.Problem;
import org.xfchat.room.RoomMessage;
import org.xfchat.testing.OpenApiDocument;
import org.xfchat.testing.OpenApiDocument.Operation;
import org.xfchat.testing.ProductionClasses;
import org.xfchat.testing.TestDatabase;

/** The types of the committed document are the records that cross the wire. */
@QuarkusTest
@Tag("documents")
@QuarkusTestResource(TestDatabase.class)
class OpenApiSchemaTest {
    private static final OpenApiDocument DOCUMENT = OpenApiDocument.COMMITTED;
    private static final String SCHEMAS = "#/components/schemas/";

    /** Schema by record, named without the package. */
    private static final Map<String, String> SCHEMA_OF = Map.ofEntries(
            Map.entry("ContactView", "Contact"),
            Map.entry("ConversationResource$Conversations", "Conversations"),
            Map.entry("ConversationView", "Conversation"),
            Map.entry("FriendRequestView", "FriendRequest"),
            Map.entry("FriendResource$Answer", "FriendRequestAnswer"),
            Map.entry("FriendResource$AnswerResult", "FriendRequestAnswerResult"),
            Map.entry("FriendResource$Ask", "FriendRequestDraft"),
            Map.entry("FriendResource$AskResult", "FriendRequestResult"),
            Map.entry("FriendResource$Contacts", "Contacts"),
            Map.entry("FriendResource$Requests", "FriendRequests"),
            Map.entry("MessageResource$History", "History"),
            Map.entry("MessageView", "ChatMessage"),
            Map.entry("MessageView$VersionVector", "VersionVector"),
            Map.entry("Problem", "Problem"),
            Map.entry("RoomMessage", "RoomMessage"),
            Map.entry("RoomResource$Post", "RoomPost"),
            Map.entry("LogResource$Message", "MessageDraft"),
            Map.entry("LogResource$Stored", "Stored"),
            Map.entry("TypingResource$Typing", "Typing"),
            Map.entry("UsageResource$UsageView", "Usage"),
            Map.entry("UserResource$Deletion", "AccountDeletion"),
            Map.entry("UserResource$LogIn", "LogIn"),
            Map.entry("UserResource$SignUp", "SignUp"),
            Map.entry("UserView", "UserResponse"),
            Map.entry("Users$AuthResponse", "AuthResponse"));

    @Inject
    ObjectMapper json;

    /** Problems, views, and the records of and in the signatures of resources. */
    private static Set<Class<?>> wireRecords() {
        JavaClasses classes = ProductionClasses.read();
        Set<JavaClass> resources = classes.stream()
                .filter(candidate -> candidate.isAnnotatedWith(Path.class))
                .collect(Collectors.toSet());
        // Other methods of resources may speak of records that stay inside.
        Set<JavaClass> signatures = resources.stream()
                .flatMap(resource -> resource.getMethods().stream())
                .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                .flatMap(method -> method.getAllInvolvedRawTypes().stream())
                .collect(Collectors.toSet());
        Predicate<JavaClass> view = candidate -> candidate.getSimpleName().endsWith("View");
        return classes.stream()
                .filter(JavaClass::isRecord)
                .filter(candidate -> view.test(candidate)
                        || candidate.isEquivalentTo(Problem.class)
                        || candidate.isEquivalentTo(RoomMessage.class)
                        || candidate
                                .getEnclosingClass()
                                .filter(outer -> view.test(outer) || resources.contains(outer))
                                .isPresent()
                        || signatures.contains(candidate))
                .map(JavaClass::reflect)
                .collect(Collectors.toSet());
    }

    private static String nameOf(Class<?> type) {
        return type.getName().substring(type.getPackageName().length() + 1);
    }

    private static JsonNode schemaOf(Class<?> type) {
        return DOCUMENT.root().at("/components/schemas/" + SCHEMA_OF.get(nameOf(type)));
    }

    private static boolean allowsNull(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.asText().equals("null")
                || StreamSupport.stream(type.spliterator(), false)
                        .anyMatch(name -> name.asText().equals("null"))
                || StreamSupport.stream(schema.path("oneOf").spliterator(), false)
                        .anyMatch(OpenApiSchemaTest::allowsNull);
    }

    private static Set<String> references(JsonNode node) {
        return node.findValuesAsText("$ref").stream()
                .filter(reference -> reference.startsWith(SCHEMAS))
                .map(reference -> reference.substring(SCHEMAS.length()))
                .collect(Collectors.toSet());
    }

    /** Names of the schemas that are reachable from answers. */
    private static Set<String> answered() {
        Set<String> found = new HashSet<>();
        for (Operation operation : DOCUMENT.operations()) {
            for (JsonNode response : operation.description().get("responses")) {
                follow(references(DOCUMENT.resolve(response).path("content")), found);
            }
        }
        return found;
    }

    private static void follow(Set<String> names, Set<String> found) {
        for (String name : names) {
            if (found.add(name)) {
                follow(references(DOCUMENT.root().at("/components/schemas/" + name)), found);
            }
        }
    }

    @Test
    void everyRecordOnTheWireHasASchema() {
        assertThat(wireRecords())
                .extracting(OpenApiSchemaTest::nameOf)
                .containsExactlyInAnyOrderElementsOf(SCHEMA_OF.keySet());
    }

    @Test
    void everySchemaHasExactlyItsRecordsProperties() {
        Set<String> answered = answered();
        for (Class<?> type : wireRecords()) {
            Map<String, RecordComponent> components = Arrays.stream(type.getRecordComponents())
                    .collect(Collectors.toMap(RecordComponent::getName, component -> component));
            JsonNode schema = schemaOf(type);
            Set<String> required = new HashSet<>();
            Set<String> names = new HashSet<>();
            boolean nullIsAbsent = type.isAnnotationPresent(JsonInclude.class);
            boolean isAnswer = answered.contains(SCHEMA_OF.get(nameOf(type)));
            for (BeanPropertyDefinition property : json.getSerializationConfig()
                    .introspect(json.constructType(type))
                    .findProperties()) {
                boolean nullable = Objects.requireNonNull(components.get(property.getInternalName()))
                        .getAnnotatedType()
                        .isAnnotationPresent(Nullable.class);
                names.add(property.getName());
                if (!nullable || (isAnswer && !nullIsAbsent)) {
                    required.add(property.getName());
                }
                assertThat(allowsNull(schema.at("/properties/" + property.getName())))
                        .as("%s.%s may be null", nameOf(type), property.getName())
                        .isEqualTo(nullable && !nullIsAbsent);
            }
            assertThat(schema.get("properties").fieldNames())
                    .toIterable()
                    .as(nameOf(type))
                    .containsExactlyInAnyOrderElementsOf(names);
            assertThat(schema.get("required"))
                    .as(nameOf(type))
                    .extracting(JsonNode::asText)
                    .containsExactlyInAnyOrderElementsOf(required);
        }
    }

    @Test
    void everyObjectInAnAnswerIsClosed() {
        for (String name : answered()) {
            JsonNode schema = DOCUMENT.root().at("/components/schemas/" + name);
            if (schema.path("type").asText().equals("object")) {
                assertThat(schema.path("additionalProperties").isBoolean()
                                && !schema.get("additionalProperties").asBoolean())
                        .as("%s allows nothing else", name)
                        .isTrue();
            }
        }
    }

    @Test
    void noSchemaIsLeftOver() {
        Set<String> used = new HashSet<>();
        follow(references(DOCUMENT.root().get("paths")), used);
        for (String part : new String[] {"parameters", "headers", "responses"}) {
            follow(references(DOCUMENT.root().at("/components/" + part)), used);
        }
        assertThat(DOCUMENT.root().at("/components/schemas").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(used);
    }
}
