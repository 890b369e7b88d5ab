package org.xfchat.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

/** A list of many conversations comes in pages (contract 1.9), also where nobody has asked for pages. */
@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class ConversationPagesTest {
    private static final int MAX_BYTES = 4 << 20;

    private Person alice;

    @BeforeEach
    void meet() {
        alice = Person.signUp();
    }

    /** So many groups of Alice and somebody else, each with one message; two of them at a time. */
    private void fill(int count, int bytes) {
        Person other = Person.signUp();
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(UUID.randomUUID());
        }
        String array = "cast(string_to_array('"
                + String.join(",", ids.stream().map(UUID::toString).toList()) + "', ',') as uuid[])";
        Rows.change("insert into conversations (id, kind) select id, 'group' from unnest(" + array + ") id");
        for (Person member : List.of(alice, other)) {
            Rows.change(
                    "insert into conversation_participants (conversation_id, user_id) select id, ? from unnest(" + array
                            + ") id",
                    member.id());
        }
        Rows.change(
                "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                        + " select gen_random_uuid(), id, 1, ?, repeat('x', ?), timestamptz '2026-01-01'"
                        + " + (n / 2) * interval '1 microsecond' from unnest(" + array
                        + ") with ordinality as c (id, n)",
                other.id(),
                bytes);
    }

    private JsonNode list(String query) {
        return alice.request()
                .get("/api/conversations?kind=direct,group" + query)
                .then()
                .statusCode(200)
                .extract()
                .as(JsonNode.class);
    }

    private static List<String> conversations(JsonNode page) {
        List<String> ids = new ArrayList<>();
        page.path("conversations").forEach(one -> ids.add(one.path("id").asText()));
        return ids;
    }

    /** All pages, one after the other, from a first one on. */
    private List<String> all(JsonNode first, String query) {
        List<String> all = new ArrayList<>(conversations(first));
        JsonNode page = first;
        while (page.path("has_more").asBoolean()) {
            page = list(query + "&after=" + page.path("next").asText());
            assertThat(conversations(page)).isNotEmpty();
            all.addAll(conversations(page));
        }
        return all;
    }

    @Test
    void isWholeWhereItFits() {
        fill(30, 10);
        JsonNode whole = list("");
        assertThat(conversations(whole)).hasSize(30);
        assertThat(whole.path("has_more").asBoolean(true)).isFalse();
    }

    @Test
    void goesOnWhereThePageBeforeEnded() {
        fill(30, 10);
        List<String> whole = conversations(list(""));
        JsonNode first = list("&limit=7");
        assertThat(conversations(first)).hasSize(7);
        assertThat(all(first, "&limit=7")).isEqualTo(whole);
        JsonNode last = list("&limit=30");
        assertThat(last.path("has_more").asBoolean(true)).isFalse();
        assertThat(last.path("next").isNull()).isTrue();
    }

    @Test
    void endsAt4MiBAlsoWhereEverythingWasAskedFor() {
        fill(400, 16_000);
        String body =
                alice.request().get("/api/conversations?kind=direct,group").asString();
        assertThat(body.length()).isBetween(MAX_BYTES - 40_000, MAX_BYTES + 200);
        JsonNode first = list("");
        assertThat(first.path("has_more").asBoolean()).isTrue();
        List<String> all = all(first, "");
        assertThat(all).hasSize(400).doesNotHaveDuplicates();
    }

    @Test
    void hasMoreThanIsLookedForAtOnce() {
        fill(2_100, 1);
        List<String> whole = conversations(list(""));
        assertThat(whole).hasSize(2_100).doesNotHaveDuplicates();
        assertThat(all(list("&limit=1000"), "&limit=1000")).isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1", "1_", "_" + "00000000-0000-0000-0000-000000000000", "1_x-2"})
    void refusesWhatNoPageHasSaid(String after) {
        alice.request()
                .queryParam("after", after)
                .get("/api/conversations")
                .then()
                .statusCode(400);
    }
}
