package org.xfchat.faults;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xfchat.faults.History.Answer;
import org.xfchat.faults.History.Call;
import org.xfchat.faults.History.Entry;
import org.xfchat.faults.History.Follower;
import org.xfchat.faults.History.Start;

/**
 * Compares a history with the promises: what is acknowledged is stored once, what is refused is not, whatever else is stored was sent;
 * the log has no gap, keeps the order in which calls followed each other, and is what every subscriber saw.
 */
final class Checker {
    /** What somebody who opens a conversation sees at least, where there is so much. */
    private static final int WINDOW = 50;

    private final History history;
    private final List<String> violations = new ArrayList<>();
    private final Map<String, Map<String, List<Call>>> calls = new HashMap<>();
    private final Map<String, Map<String, Entry>> entries = new HashMap<>();

    private Checker(History history) {
        this.history = history;
    }

    /** Everything that is wrong, a sentence each; empty where nothing is. */
    static List<String> check(History history) {
        Checker checker = new Checker(history);
        checker.index();
        history.log().forEach(checker::checkLog);
        history.calls().forEach(checker::checkAnswer);
        history.log().forEach(checker::checkStored);
        history.log().forEach(checker::checkOrder);
        history.followers().forEach(checker::checkFollower);
        return List.copyOf(checker.violations);
    }

    /**
     * The same for a database that went back in time: what it has to have is everything up to one moment, and what was acknowledged
     * before {@code moment} was not after it.
     */
    static List<String> checkRestored(History before, Map<String, List<Entry>> kept, long moment) {
        Checker checker = new Checker(before);
        for (Map.Entry<String, List<Entry>> log : before.log().entrySet()) {
            List<Entry> restored = kept.getOrDefault(log.getKey(), List.of());
            int size = Math.min(restored.size(), log.getValue().size());
            if (restored.size() > size || !restored.equals(log.getValue().subList(0, size))) {
                checker.report("conversation %s came back as another log than it had been".formatted(log.getKey()));
            }
        }
        Set<String> ids = new HashSet<>();
        kept.values().forEach(log -> log.forEach(entry -> ids.add(entry.message())));
        for (Call call : before.calls()) {
            if (call.answer() == Answer.STORED && call.ended() < moment && !ids.contains(call.message())) {
                checker.report(
                        "message %s was acknowledged before the backup and is not in it".formatted(call.message()));
            }
        }
        return List.copyOf(checker.violations);
    }

    private void report(String sentence) {
        violations.add(sentence);
    }

    private void index() {
        for (Call call : history.calls()) {
            calls.computeIfAbsent(call.conversation(), id -> new HashMap<>())
                    .computeIfAbsent(call.message(), id -> new ArrayList<>())
                    .add(call);
        }
        history.log().forEach((conversation, log) -> {
            Map<String, Entry> byMessage = new HashMap<>();
            log.forEach(entry -> byMessage.put(entry.message(), entry));
            entries.put(conversation, byMessage);
        });
    }

    private @Nullable Entry entry(String conversation, String message) {
        return entries.getOrDefault(conversation, Map.of()).get(message);
    }

    private void checkLog(String conversation, List<Entry> log) {
        Map<String, Long> messages = new HashMap<>();
        Map<String, Long> versions = new HashMap<>();
        long expected = 1;
        for (Entry entry : log) {
            if (entry.seq() != expected) {
                report("conversation %s has %d where %d is due".formatted(conversation, entry.seq(), expected));
            }
            expected = entry.seq() + 1;
            Long message = messages.putIfAbsent(entry.message(), entry.seq());
            if (message != null) {
                report("message %s is stored twice in %s, at %d and %d"
                        .formatted(entry.message(), conversation, message, entry.seq()));
            }
            Long version = versions.putIfAbsent(entry.version(), entry.seq());
            if (version != null) {
                report("version %s is that of %d and of %d in %s"
                        .formatted(entry.version(), version, entry.seq(), conversation));
            }
            for (Map.Entry<String, Map<String, Entry>> other : entries.entrySet()) {
                if (!other.getKey().equals(conversation) && other.getValue().containsKey(entry.message())) {
                    report("message %s is stored in %s and in %s"
                            .formatted(entry.message(), conversation, other.getKey()));
                }
            }
        }
    }

    private void checkAnswer(Call call) {
        boolean later = call.status() == 408 || call.status() == 429;
        if (call.proper() && call.answer() == Answer.NOT_STORED && call.status() / 100 == 4 && !later) {
            report("message %s was refused with %d and had nothing wrong".formatted(call.message(), call.status()));
        }
        if (!call.proper() && call.answer() == Answer.STORED) {
            report("message %s was acknowledged and had to be refused".formatted(call.message()));
        }
        if (call.status() == 500) {
            report("message %s was answered with 500".formatted(call.message()));
        }
        if (call.answer() != Answer.STORED) {
            return;
        }
        Entry entry = entry(call.conversation(), call.message());
        if (entry == null) {
            report("message %s was acknowledged and is not stored in %s"
                    .formatted(call.message(), call.conversation()));
            return;
        }
        if (!entry.content().equals(call.content())) {
            report("message %s was acknowledged and is stored with another content".formatted(call.message()));
        }
        if (!entry.version().equals(call.version())) {
            report("message %s was acknowledged as version %s and is stored as %s"
                    .formatted(call.message(), call.version(), entry.version()));
        }
    }

    /** Everything that is stored was sent, had nothing wrong, and was not refused. */
    private void checkStored(String conversation, List<Entry> log) {
        Map<String, List<Call>> sent = calls.getOrDefault(conversation, Map.of());
        for (Entry entry : log.subList(inherited(conversation), log.size())) {
            List<Call> attempts = sent.getOrDefault(entry.message(), List.of()).stream()
                    .filter(call -> call.content().equals(entry.content()))
                    .toList();
            String reason = null;
            if (attempts.isEmpty()) {
                reason = "was sent by nobody";
            } else if (attempts.stream().noneMatch(Call::proper)) {
                reason = "had to be refused";
            } else if (attempts.stream().allMatch(call -> call.answer() == Answer.NOT_STORED)) {
                reason = "was refused";
            }
            if (reason != null) {
                report("message %s %s and is stored in %s at %d"
                        .formatted(entry.message(), reason, conversation, entry.seq()));
            }
        }
    }

    private int inherited(String conversation) {
        int size = history.log().getOrDefault(conversation, List.of()).size();
        return Math.min(size, history.inherited().getOrDefault(conversation, 0));
    }

    /** What was acknowledged before another call began is before it in the log, and so is what the answer named as newest. */
    private void checkOrder(String conversation, List<Entry> log) {
        Map<String, List<Call>> sent = calls.getOrDefault(conversation, Map.of());
        Map<String, Long> seqs = new HashMap<>();
        log.forEach(entry -> seqs.put(entry.version(), entry.seq()));
        // Of every entry, going back from the end: the earliest moment at which that or a later one was known to be
        // there.
        long[] known = new long[log.size() + 1];
        known[log.size()] = Long.MAX_VALUE;
        Map<Long, Long> told = told(sent.values(), seqs);
        for (int i = log.size() - 1; i >= 0; i--) {
            known[i] = Math.min(known[i + 1], told.getOrDefault(log.get(i).seq(), Long.MAX_VALUE));
        }
        for (int i = inherited(conversation); i < log.size(); i++) {
            Entry entry = log.get(i);
            long begun = sent.getOrDefault(entry.message(), List.of()).stream()
                    .mapToLong(Call::begun)
                    .min()
                    .orElse(Long.MAX_VALUE);
            if (begun != Long.MAX_VALUE && known[i + 1] < begun) {
                report("message %s at %d in %s was sent after a later one had been acknowledged"
                        .formatted(entry.message(), entry.seq(), conversation));
            }
        }
    }

    private Map<Long, Long> told(Collection<List<Call>> sent, Map<String, Long> seqs) {
        Map<Long, Long> told = new HashMap<>();
        for (List<Call> attempts : sent) {
            for (Call call : attempts) {
                if (call.answer() == Answer.STORED) {
                    Long own = call.version() == null ? null : seqs.get(call.version());
                    Long current = call.current() == null ? null : seqs.get(call.current());
                    if (own != null) {
                        told.merge(own, call.ended(), Math::min);
                    }
                    if (current == null || (own != null && current < own)) {
                        report("message %s was acknowledged with the current version %s, which does not fit"
                                .formatted(call.message(), call.current()));
                    } else {
                        told.merge(current, call.ended(), Math::min);
                    }
                }
            }
        }
        return told;
    }

    private void checkFollower(Follower follower) {
        List<Entry> log = history.log().getOrDefault(follower.conversation(), List.of());
        if (follower.start() == Start.WINDOW_EACH_TIME) {
            List<List<Entry>> connections = follower.connections();
            for (List<Entry> connection : connections) {
                checkRun(follower, connection);
            }
            List<Entry> last = connections.isEmpty() ? List.of() : connections.get(connections.size() - 1);
            if (last.size() < Math.min(WINDOW, log.size())) {
                report("%s saw only %d messages of %d in the end".formatted(follower.name(), last.size(), log.size()));
            }
            checkEnd(follower, last, log);
            return;
        }
        List<Entry> all = follower.connections().stream().flatMap(List::stream).toList();
        if (follower.start() == Start.BEGINNING && !all.isEmpty() && all.get(0).seq() != 1) {
            report("%s began with %d, not with the first message"
                    .formatted(follower.name(), all.get(0).seq()));
        }
        checkRun(follower, all);
        checkEnd(follower, all, log);
    }

    /** A part of the log without a gap. */
    private void checkRun(Follower follower, List<Entry> seen) {
        for (int i = 0; i < seen.size(); i++) {
            Entry entry = seen.get(i);
            Entry stored = entry(follower.conversation(), entry.message());
            if (stored == null) {
                report("%s saw message %s, which is not stored".formatted(follower.name(), entry.message()));
            } else if (!stored.equals(entry)) {
                report("%s saw %s, stored is %s".formatted(follower.name(), entry, stored));
            }
            if (i > 0 && entry.seq() != seen.get(i - 1).seq() + 1) {
                report("%s saw %d (%s) after %d"
                        .formatted(
                                follower.name(),
                                entry.seq(),
                                entry.message(),
                                seen.get(i - 1).seq()));
            }
        }
    }

    private void checkEnd(Follower follower, List<Entry> seen, List<Entry> log) {
        long last = seen.isEmpty() ? 0 : seen.get(seen.size() - 1).seq();
        if (last != log.size()) {
            report("%s ended with %d of %d messages in %s"
                    .formatted(follower.name(), last, log.size(), follower.conversation()));
        }
    }
}
