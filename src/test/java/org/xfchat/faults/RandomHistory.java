package org.xfchat.faults;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.xfchat.faults.History.Answer;
import org.xfchat.faults.History.Call;
import org.xfchat.faults.History.Entry;
import org.xfchat.faults.History.Follower;
import org.xfchat.faults.History.Start;

/** A history as a service that keeps every promise would leave it, with every kind of answer and of subscriber. */
final class RandomHistory {
    private static final int CLIENTS = 4;
    private static final int EACH = 25;
    private static final List<Answer> ANSWERS = List.of(Answer.values());
    private static final List<String> CONVERSATIONS = List.of("here", "there");

    /** A message that is being stored, at some moment between a call's begin and its end. */
    private record Commit(long time, String conversation, String message, String version, String content) {}

    private final Random random;
    private final List<Call> calls = new ArrayList<>();
    private final List<Commit> commits = new ArrayList<>();

    private RandomHistory(Random random) {
        this.random = random;
    }

    static History of(long seed) {
        return new RandomHistory(new Random(seed)).make();
    }

    private History make() {
        for (int client = 0; client < CLIENTS; client++) {
            long time = random.nextInt(100);
            for (int i = 0; i < EACH; i++) {
                time = send(CONVERSATIONS.get(random.nextInt(2)), client + "." + i, time) + random.nextInt(30);
            }
        }
        Map<String, List<Entry>> log = new HashMap<>();
        commits.sort(Comparator.comparingLong(Commit::time).thenComparing(Commit::message));
        for (Commit commit : commits) {
            List<Entry> entries = log.computeIfAbsent(commit.conversation(), name -> new ArrayList<>());
            entries.add(new Entry(entries.size() + 1L, commit.message(), commit.version(), commit.content()));
        }
        List<Follower> followers = new ArrayList<>();
        log.forEach((conversation, entries) -> {
            for (Start start : Start.values()) {
                followers.add(
                        new Follower(start + " in " + conversation, conversation, start, connections(start, entries)));
            }
        });
        return new History(named(), log, Map.of(), followers);
    }

    /** Sends a message until it is acknowledged, or not so long; when that ended. */
    private long send(String conversation, String message, long begun) {
        long time = begun;
        String version = random.nextInt(4) == 0 ? "version of " + message : message;
        boolean proper = random.nextInt(8) != 0;
        boolean stored = false;
        while (true) {
            long commit = time + 1 + random.nextInt(20);
            long end = commit + 1 + random.nextInt(20);
            Answer answer = proper ? ANSWERS.get(random.nextInt(3)) : Answer.NOT_STORED;
            if (!stored && (answer == Answer.STORED || (answer == Answer.UNKNOWN && random.nextBoolean()))) {
                stored = true;
                commits.add(new Commit(commit, conversation, message, version, "text " + message));
            }
            int status = answer == Answer.STORED ? 200 : answer == Answer.UNKNOWN ? 0 : proper ? 503 : 432;
            @Nullable String named = answer == Answer.STORED ? version : null;
            calls.add(
                    new Call(conversation, message, "text " + message, proper, time, end, status, answer, named, null));
            time = end + 1;
            if (answer == Answer.STORED || !proper || random.nextInt(3) == 0) {
                return time;
            }
        }
    }

    /** With the newest version at the moment of each acknowledgement. */
    private List<Call> named() {
        List<Call> named = new ArrayList<>();
        for (Call call : calls) {
            @Nullable String current = null;
            if (call.answer() == Answer.STORED) {
                for (Commit commit : commits) {
                    if (commit.conversation().equals(call.conversation()) && commit.time() < call.ended()) {
                        current = commit.version();
                    }
                }
            }
            named.add(new Call(
                    call.conversation(),
                    call.message(),
                    call.content(),
                    call.proper(),
                    call.begun(),
                    call.ended(),
                    call.status(),
                    call.answer(),
                    call.version(),
                    current));
        }
        return named;
    }

    private List<List<Entry>> connections(Start start, List<Entry> log) {
        List<List<Entry>> connections = new ArrayList<>();
        int next = start == Start.BEGINNING ? 0 : random.nextInt(log.size());
        while (next < log.size()) {
            int to = next + random.nextInt(log.size() - next + 1);
            connections.add(List.copyOf(log.subList(next, to)));
            next = start == Start.WINDOW_EACH_TIME ? Math.max(to - random.nextInt(50), next + 1) : to;
        }
        if (start == Start.WINDOW_EACH_TIME) {
            connections.add(List.copyOf(log.subList(Math.max(0, log.size() - 50), log.size())));
        }
        return connections;
    }
}
