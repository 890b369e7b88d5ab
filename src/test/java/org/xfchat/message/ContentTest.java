package org.xfchat.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.xfchat.testing.Person.logPath;
import static org.xfchat.testing.Person.messagePath;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

/** What a message may say (contract 2.5 and 6). */
@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class ContentTest {
    private static final int MAX_BYTES = 1 << 20;

    private Person alice;
    private UUID conversation;

    @BeforeEach
    void meet() {
        alice = Person.signUp();
        conversation = alice.befriend(Person.signUp());
    }

    private Response putJson(String json) {
        return alice.request().body(json.getBytes(UTF_8)).put(messagePath(conversation, UUID.randomUUID()));
    }

    @Nested
    class Accepted {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "😀 👩‍👩‍👧‍👦 🏳️‍🌈",
                    "שלום עולם مرحبا ‏x‎",
                    "e\u0301 is not é",
                    "a\u2028b\u2029c",
                    "a\r\nb\tc\u0001\u001f\u007f",
                    "data: {\"x\":1}\n\nevent: message\r\nVersion: \"x\"\r\n\r\n",
                    "\"quotes\" and \\backslashes\\ and \\u0000",
                    "'; drop table users; --",
                    " ",
                    "\n",
                    "  trimmed by nobody  ",
                    "\ufeffbyte order mark \ufffd \uffff"
                })
        void comesBackByteForByte(String content) {
            UUID id = alice.say(conversation, content);
            byte[] stored = Rows.text("select content from chat_messages where id = ?", id)
                    .getBytes(UTF_8);
            assertThat(stored).isEqualTo(content.getBytes(UTF_8));
            for (String path : List.of(logPath(conversation), "/api/conversations/" + conversation + "/messages")) {
                Response response = alice.request().get(path);
                List<String> contents = response.path(path.startsWith("/sync") ? "content" : "messages.content");
                assertThat(contents).containsExactly(content);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {10_001, 100_000, MAX_BYTES})
        void isLong(int characters) {
            String content = "x".repeat(characters);
            alice.say(conversation, content);
            alice.request().get(logPath(conversation)).then().body("[0].content", equalTo(content));
        }

        @ParameterizedTest
        @ValueSource(strings = {"null", "\"text\"", "{\"type\":\"text\"}"})
        void isText(String type) {
            putJson("{\"content\":\"a\",\"message_type\":" + type + "}").then().statusCode(200);
            alice.request().get(logPath(conversation)).then().body("[0].message_type", equalTo(Map.of("type", "text")));
        }

        @Test
        void isTextWithoutAnyType() {
            putJson("{\"content\":\"a\"}").then().statusCode(200);
            alice.request().get(logPath(conversation)).then().body("[0].message_type", equalTo(Map.of("type", "text")));
        }
    }

    @Nested
    class Refused {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{\"content\":null}",
                    "{\"content\":1}",
                    "{\"content\":true}",
                    "{\"content\":[\"a\"]}",
                    "{\"content\":{\"a\":1}}",
                    "{\"content\":\"\"}"
                })
        void isWhatIsNoText(String body) {
            putJson(body).then().statusCode(anyOf(is(400), is(422)));
            alice.request().get(logPath(conversation)).then().body("$", empty());
        }

        @ParameterizedTest
        @ValueSource(strings = {"\\u0000", "a\\u0000b", "\\ud800", "a\\udc00b", "\\udc00\\ud800"})
        void isWhatPostgresqlCannotStore(String escaped) {
            putJson("{\"content\":\"" + escaped + "\"}").then().statusCode(400);
            alice.request().get(logPath(conversation)).then().body("$", empty());
        }

        @Test
        void isMoreThanOneMebibyteOfUtf8() {
            alice.put(conversation, UUID.randomUUID(), "x".repeat(MAX_BYTES + 1))
                    .then()
                    .statusCode(413);
            alice.put(conversation, UUID.randomUUID(), "é".repeat(MAX_BYTES / 2) + "x")
                    .then()
                    .statusCode(413);
            alice.put(conversation, UUID.randomUUID(), "é".repeat(MAX_BYTES / 2))
                    .then()
                    .statusCode(200);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"system\"",
                    "{\"type\":\"system\"}",
                    "{\"type\":\"edit\"}",
                    "{}",
                    "[]",
                    "1",
                    "true",
                    "{\"type\":1}",
                    "{\"type\":null}",
                    "{\"type\":\"image\"}",
                    "{\"type\":\"image\",\"url\":1}",
                    "{\"type\":\"image\",\"url\":\"a\",\"width\":-1}",
                    "{\"type\":\"image\",\"url\":\"a\",\"width\":4294967296}",
                    "{\"type\":\"image\",\"url\":\"a\",\"width\":1.5}",
                    "{\"type\":\"image\",\"url\":\"a\\u0000\"}",
                    "{\"type\":\"image\",\"url\":\"a\",\"thumbnail\":7}",
                    "{\"type\":\"file\",\"filename\":\"a\",\"size\":-1,\"mime_type\":\"a/b\",\"url\":\"a\"}",
                    "{\"type\":\"file\",\"filename\":\"a\",\"size\":99999999999999999999,\"mime_type\":\"a/b\",\"url\":\"a\"}",
                    "{\"type\":\"file\",\"filename\":\"\\ud800\",\"size\":1,\"mime_type\":\"a/b\",\"url\":\"a\"}"
                })
        void isATypeThatIsNoClients(String type) {
            putJson("{\"content\":\"a\",\"message_type\":" + type + "}").then().statusCode(anyOf(is(400), is(422)));
            alice.request().get(logPath(conversation)).then().body("$", empty());
        }

        @ParameterizedTest
        @ValueSource(strings = {"Content-Range", "Patches"})
        void isAPatch(String header) {
            alice.request()
                    .header(header, "1")
                    .body(Map.of("content", "a"))
                    .put(messagePath(conversation, UUID.randomUUID()))
                    .then()
                    .statusCode(400);
        }
    }
}
