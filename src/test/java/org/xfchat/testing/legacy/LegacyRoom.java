package org.xfchat.testing.legacy;

import static org.xfchat.testing.legacy.LegacyPeople.START;
import static org.xfchat.testing.legacy.LegacyPeople.account;
import static org.xfchat.testing.legacy.LegacyPeople.id;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.legacy.LegacyRows.Message;
import org.xfchat.testing.legacy.LegacyRows.RoomMessage;

/** The global room's messages, with every odd author, version, time and id. */
final class LegacyRoom {
    private final Shape shape;
    final List<RoomMessage> messages = new ArrayList<>();

    LegacyRoom(Shape shape, List<Message> chat) {
        this.shape = shape;
        if (!shape.has("messages")) {
            return;
        }
        authors();
        times();
        ids(chat);
    }

    private void add(String text, @Nullable String user, @Nullable String author) {
        Instant time = shape.kept(START.plusSeconds(20_000 + messages.size()));
        add(id("room " + text), text, user, author, time, "v" + messages.size(), time);
    }

    private void add(
            @Nullable UUID message,
            @Nullable String text,
            @Nullable String user,
            @Nullable String author,
            @Nullable Instant timestamp,
            @Nullable String version,
            @Nullable Instant created) {
        messages.add(new RoomMessage(
                message, user == null ? null : account(user), author, text, timestamp, version, created));
    }

    private void authors() {
        add("by an account", "alice", "alice");
        add("by an account under another name", "alice", "Alice the Great");
        add("by an account without a name", "dave", null);
        add("by an exact name", null, "bob");
        add("by a name in another case", null, "BOB");
        add("by a name that two have", null, "kim");
        add("by nobody known", null, "ghost 👻");
        add("by nobody known again", null, "ghost 👻");
        add("by nobody at all", null, null);
        add("by nobody at all again", null, null);
        add("by a name that looks like a made-up one", null, "sam");
        add("by a long author", null, "a".repeat(255));
        if (shape.allowsDangling("messages", "user_id")) {
            add("by somebody gone", "gone writer", "writer");
        }
    }

    private void times() {
        Instant time = shape.kept(START.plusSeconds(30_000));
        for (int i = 0; i < 5; i++) {
            add(id("room same time " + i), "same time " + i, "carol", "carol", time, "v1", time);
        }
        Instant earlier = shape.kept(START.plusSeconds(25_000));
        add(id("room no timestamp"), "no timestamp\r\n🎉", "carol", "carol", null, null, earlier);
        // Stored later than it was said.
        add(
                id("room timestamp differs"),
                "timestamp differs",
                "carol",
                "carol",
                shape.kept(START.plusSeconds(24_000)),
                "v2",
                shape.kept(START.plusSeconds(40_000)));
    }

    private void ids(List<Message> chat) {
        Instant time = shape.kept(START.plusSeconds(50_000));
        chat.stream()
                .filter(message -> "to both of you".equals(message.content()))
                .findFirst()
                .ifPresent(
                        taken -> add(taken.id(), "under the id of a chat message", "alice", "alice", time, "v1", time));
        if (shape.allowsRepeated("messages", "id")) {
            Instant later = shape.kept(time.plusSeconds(1));
            add(id("room repeated"), "the first", "alice", "alice", time, null, time);
            add(id("room repeated"), "its repetition", "alice", "alice", later, null, later);
        }
        if (shape.allowsNull("messages", "id")) {
            add(null, "without an id", "alice", "alice", time, null, time);
        }
        if (shape.allowsNull("messages", "text")) {
            add(id("room without text"), null, "alice", "alice", time, null, time);
        }
    }
}
