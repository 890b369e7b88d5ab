package org.xfchat.bench;

import java.util.List;
import java.util.OptionalDouble;
import java.util.UUID;
import org.xfchat.bench.HttpConnection.Request;

/** What reading costs as a database grows. */
final class ReadCases {
    private static final int[] SIZES = {1_000, 100_000, 1_000_000};
    private static final int CONNECTIONS = 4;

    private final Results results;

    ReadCases(Results results) {
        this.results = results;
    }

    /** The newest page, and one from the middle, of conversations of several lengths. */
    void history(Rig rig) {
        for (int i = 0; i < SIZES.length; i++) {
            Dataset.fill(rig.server(), rig.database(), i, SIZES[i]);
        }
        rig.server().execute(rig.database(), "vacuum analyze");
        rig.serve(1);
        for (String page : List.of("newest", "middle")) {
            OptionalDouble small = OptionalDouble.empty();
            for (int i = 0; i < SIZES.length; i++) {
                Request request = page(rig, i, page.equals("newest") ? SIZES[i] : SIZES[i] / 2);
                double micros = 1e6
                        * CONNECTIONS
                        / rig.load(CONNECTIONS, due -> request)
                                .closed()
                                .requireAllGood()
                                .perSecond();
                String what = String.format("history, %s page of %,d messages", page, SIZES[i]);
                if (small.isEmpty()) {
                    small = OptionalDouble.of(micros);
                    results.figure(what, micros, "µs");
                } else {
                    results.ratio(
                            what, micros, "µs", "of 1,000 messages", small, SIZES[i] == 1_000_000 ? "≤ 1.2" : null);
                }
                results.point("history", page + " page", SIZES[i], micros);
            }
        }
    }

    private static Request page(Rig rig, int conversation, int seq) {
        String before = rig.server()
                .ask(
                        rig.database(),
                        "select id from chat_messages where conversation_id = '" + Dataset.conversation(conversation)
                                + "' and seq = " + seq)
                .get(0);
        return Request.get(
                "/api/conversations/" + Dataset.conversation(conversation) + "/messages?limit=50&before=" + before,
                Dataset.token(conversation));
    }

    /** Of users with ten conversations and with a thousand, of 100 messages each. */
    void conversationList(Rig rig) {
        rig.server()
                .execute(
                        rig.database(),
                        "insert into users (id, username, email, password_hash) select gen_random_uuid(), 'few' || n, 'few'"
                                + " || n || '@x.test', 'x' from generate_series(1, 1000) n",
                        pairs(Dataset.user(0), 1_000),
                        pairs(Dataset.user(1), 10),
                        "insert into conversation_participants (conversation_id, user_id) select id, u from conversations,"
                                + " lateral (values (pair_low), (pair_high)) v (u) where kind = 'direct'",
                        "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at) select"
                                + " gen_random_uuid(), id, n, pair_low, 'message ' || n, now() from conversations,"
                                + " generate_series(1, 100) n where kind = 'direct'",
                        "vacuum analyze");
        rig.serve(1);
        double few = listMicros(rig, Dataset.token(1));
        double many = listMicros(rig, Dataset.token(0));
        results.figure("conversation list, 10 conversations", few, "µs");
        results.ratio(
                "conversation list, 1,000 conversations", many, "µs", "10 conversations", OptionalDouble.of(few), null);
    }

    private static String pairs(UUID user, int count) {
        return "insert into conversations (id, kind, pair_low, pair_high) select gen_random_uuid(), 'direct', least(id, '"
                + user + "'), greatest(id, '" + user + "') from users where username like 'few%' limit " + count;
    }

    private static double listMicros(Rig rig, String token) {
        Request request = Request.get("/api/conversations", token);
        return 1e6
                * CONNECTIONS
                / rig.load(CONNECTIONS, due -> request)
                        .closed()
                        .requireAllGood()
                        .perSecond();
    }
}
