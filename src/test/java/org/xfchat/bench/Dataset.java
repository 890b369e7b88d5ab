package org.xfchat.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.xfchat.testing.Jwt;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.TestDatabase;

/** Users and conversations whose ids are numbers, so that statements of baselines can compute them. */
final class Dataset {
    static final int USERS = 100;
    static final int CONVERSATIONS = 1_000;

    private static final String USER = "00000000-0000-4000-9000-";
    private static final String CONVERSATION = "00000000-0000-4000-8000-";

    private static final List<String> TOKENS = IntStream.range(0, USERS)
            .mapToObj(i -> Jwt.signed(
                    TestDatabase.JWT_SECRET, Jwt.claims(user(i), Instant.now().plus(Duration.ofDays(1)))))
            .toList();

    private Dataset() {}

    static UUID user(int number) {
        return id(USER, number % USERS);
    }

    static UUID conversation(int number) {
        return id(CONVERSATION, number);
    }

    private static UUID id(String prefix, int number) {
        return UUID.fromString(prefix + String.format("%012x", number));
    }

    /** Of a user who takes part in every conversation with an equal number, modulo the users. */
    static String token(int number) {
        return TOKENS.get(number % USERS);
    }

    /** In SQL, the id of the conversation with a number. */
    static String conversationSql(String number) {
        return "('" + CONVERSATION + "' || lpad(to_hex((" + number + ")::int), 12, '0'))::uuid";
    }

    /** In SQL, the id of the user with a number. */
    static String userSql(String number) {
        return "('" + USER + "' || lpad(to_hex((" + number + ")::int % " + USERS + "), 12, '0'))::uuid";
    }

    /** Makes them: groups of two users each. */
    static void make(OwnServer server, String database) {
        server.execute(
                database,
                "insert into users (id, username, email, password_hash) select " + userSql("n")
                        + ", 'bench' || n, 'bench' || n || '@x.test', 'x' from generate_series(0, " + (USERS - 1)
                        + ") n",
                "insert into conversations (id, kind) select " + conversationSql("n")
                        + ", 'group' from generate_series(0, " + (CONVERSATIONS - 1) + ") n",
                "insert into conversation_participants (conversation_id, user_id) select " + conversationSql("n") + ", "
                        + userSql("n + k") + " from generate_series(0, " + (CONVERSATIONS - 1)
                        + ") n, generate_series(0, 1) k",
                "vacuum analyze");
    }

    /** Puts so many messages into a conversation, by SQL. */
    static void fill(OwnServer server, String database, int conversation, int messages) {
        server.execute(
                database,
                "set statement_timeout = 0; insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                        + " select gen_random_uuid(), '" + conversation(conversation) + "', n, '" + user(conversation)
                        + "', 'message ' || n, now() - interval '1 day' + n * interval '1 millisecond'"
                        + " from generate_series(1, " + messages + ") n");
    }
}
