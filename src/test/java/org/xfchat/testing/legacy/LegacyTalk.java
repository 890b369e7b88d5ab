package org.xfchat.testing.legacy;

import static org.xfchat.testing.legacy.LegacyPeople.START;
import static org.xfchat.testing.legacy.LegacyPeople.account;
import static org.xfchat.testing.legacy.LegacyPeople.id;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.legacy.LegacyRows.Conversation;
import org.xfchat.testing.legacy.LegacyRows.Message;
import org.xfchat.testing.legacy.LegacyRows.Participant;

/** Conversations of every size and their messages, with every odd text, version, time, sender and conversation. */
final class LegacyTalk {
    static final String EMOJI = "👩‍👩‍👧‍👦 é ÄÖÜ مرحبا \u2028 \"quoted\" \\ 🎉";
    static final String CRLF = "one\r\ntwo\rthree\n\tfour ";
    static final String TWO_MEGABYTES = "0123456789abcdé🎉".repeat(100_000);

    private final Shape shape;
    final List<Conversation> conversations = new ArrayList<>();
    final List<Participant> participants = new ArrayList<>();
    final List<Message> messages = new ArrayList<>();
    private int told;

    LegacyTalk(Shape shape) {
        this.shape = shape;
        if (!shape.has("conversations")) {
            return;
        }
        severalOfOnePair();
        manyOneAndNobody();
        contents();
        versions();
        gone();
        nowhere();
        withoutKeys();
    }

    static UUID conversation(String name) {
        return id("conversation " + name);
    }

    private void open(String name, long seconds, String... users) {
        boolean named = shape.has("conversations", "name") && users.length > 2;
        conversations.add(
                new Conversation(conversation(name), shape.kept(START.plusSeconds(seconds)), named ? name : null));
        for (String user : users) {
            join(name, user);
        }
    }

    private void join(String conversation, String user) {
        if (shape.has("conversation_participants")) {
            participants.add(new Participant(
                    id("participant " + participants.size()), conversation(conversation), account(user)));
        }
    }

    /** One second after the other. */
    private Instant next() {
        return shape.kept(START.plusSeconds(10_000 + told++));
    }

    private void say(String conversation, String sender, String content) {
        say(conversation, sender, content, "initial", next());
    }

    private void say(
            String conversation,
            String sender,
            @Nullable String content,
            @Nullable String version,
            @Nullable Instant time) {
        if (shape.has("chat_messages")) {
            add(id("message " + messages.size()), conversation(conversation), sender, content, "text", version, time);
        }
    }

    private void add(
            @Nullable UUID message,
            @Nullable UUID conversation,
            String sender,
            @Nullable String content,
            String type,
            @Nullable String version,
            @Nullable Instant time) {
        messages.add(new Message(message, conversation, account(sender), content, type, version, time));
    }

    private void severalOfOnePair() {
        open("alice and bob, second", 200, "alice", "bob");
        open("alice and bob, first", 100, "bob", "alice");
        open("alice and bob, empty", 300, "alice", "bob");
        for (int i = 0; i < 12; i++) {
            // Two at a time, now in the one, now in the other.
            Instant time = shape.kept(START.plusSeconds(5000 + i / 2));
            String conversation = i % 3 == 0 ? "alice and bob, first" : "alice and bob, second";
            say(
                    conversation,
                    i % 4 == 0 ? "alice" : "bob",
                    "merged " + i,
                    i % 5 == 0 ? "everywhere" : "own-" + i,
                    time);
        }
        open("bob and carol, silent", 400, "bob", "carol");
    }

    private void manyOneAndNobody() {
        open("three", 500, "alice", "bob", "carol");
        say("three", "alice", "to both of you");
        say("three", "bob", "yes");
        say("three", "carol", "no");
        open("alone", 501, "alice");
        say("alone", "alice", "note to self");
        open("nobody", 502);
        say("nobody", "bob", "I left, and so did everybody");
        open("pat and Pat", 503, "pat", "Pat");
        say("pat and Pat", "zoe", "said by one who does not take part");
        say("pat and Pat", "system bot", "welcome");
        say("pat and Pat", "pat", "hello myself");
        say("pat and Pat", "Pat", "hello you");
    }

    private void contents() {
        open("contents", 600, "dave", "zoe");
        say("contents", "dave", EMOJI);
        say("contents", "zoe", CRLF);
        say("contents", "dave", "");
        say("contents", "dave", "   ");
        say("contents", "zoe", TWO_MEGABYTES);
        say("contents", "zoe", "data: {}\n\nevent: reset");
        if (shape.has("chat_messages")) {
            for (String type : List.of("image", "file", "system")) {
                add(id("message " + type), conversation("contents"), "zoe", "a " + type, type, "initial", next());
            }
        }
    }

    private void versions() {
        open("versions", 700, "carol", "dave");
        String[] versions = {
            "initial",
            "initial",
            null,
            "unique-1",
            "unique_2.x:y/z",
            "v".repeat(200),
            "twice",
            "twice",
            "\"quoted\"",
            "\"first\", \"second\"",
            "first, second",
            "",
            " ",
            "tab\tinside",
            "v".repeat(201),
            id("nobody's id").toString(),
            id("nobody's id").toString().toUpperCase(java.util.Locale.ROOT),
            conversation("versions").toString()
        };
        for (String version : versions) {
            say("versions", told % 2 == 0 ? "carol" : "dave", "version " + version, version, next());
        }
        if (shape.has("chat_messages")) {
            UUID own = id("message of its own version");
            add(own, conversation("versions"), "carol", "my own id", "text", own.toString(), next());
            add(
                    conversation("alone"),
                    conversation("versions"),
                    "carol",
                    "the id of another conversation",
                    "text",
                    null,
                    next());
        }
    }

    private void gone() {
        if (shape.allowsDangling("chat_messages", "sender_id")) {
            open("with a gone sender", 800, "alice", "dave");
            say("with a gone sender", "gone sender", "I was here");
            say("with a gone sender", "alice", "who was that?");
            say("with a gone sender", "dave", "nobody");
        }
        if (shape.allowsDangling("conversation_participants", "user_id")) {
            open("with somebody gone", 801, "bob", "gone friend");
            say("with somebody gone", "gone friend", "bye");
            say("with somebody gone", "bob", "come back");
            open("with two gone", 802, "gone friend", "gone reader");
            say("with two gone", "gone friend", "nobody reads this");
        }
    }

    private void nowhere() {
        if (shape.allowsNull("chat_messages", "conversation_id")) {
            add(id("message without conversation"), null, "alice", "to whom?", "text", "initial", next());
        }
        if (shape.allowsDangling("chat_messages", "conversation_id")) {
            add(id("message nowhere"), conversation("nowhere"), "alice", "where?", "text", "initial", next());
        }
        if (shape.allowsDangling("conversation_participants", "conversation_id")) {
            join("nowhere", "alice");
        }
        if (shape.has("chat_messages")) {
            UUID three = conversation("three");
            add(three, three, "alice", "my id is the conversation's", "text", "initial", next());
        }
    }

    private void withoutKeys() {
        if (shape.allowsRepeated("conversation_participants", "conversation_id", "user_id")) {
            join("pat and Pat", "pat");
        }
        if (shape.allowsRepeated("chat_messages", "id")) {
            UUID repeated = id("message repeated");
            open("repeated", 900, "carol", "PAT");
            add(repeated, conversation("repeated"), "carol", "the first", "text", "initial", next());
            add(repeated, conversation("repeated"), "carol", "its repetition", "text", "initial", next());
            add(repeated, conversation("three"), "alice", "elsewhere", "text", "initial", next());
        }
        if (shape.allowsNull("chat_messages", "id")) {
            add(null, conversation("three"), "alice", "without an id", "text", "initial", next());
        }
        if (shape.allowsNull("chat_messages", "created_at")) {
            open("without times", 901, "dave", "PAT");
            say("without times", "dave", "when?", "initial", null);
        }
        if (shape.allowsNull("chat_messages", "content")) {
            say("three", "bob", null, "initial", next());
        }
    }
}
