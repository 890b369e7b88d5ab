package org.xfchat.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.xfchat.faults.History.Answer;
import org.xfchat.faults.History.Call;
import org.xfchat.faults.History.Entry;
import org.xfchat.faults.History.Follower;
import org.xfchat.faults.History.Start;

/** One thing that a service could do wrong, in an otherwise good history; subscribers see what is stored unless they are at fault. */
enum Mutation {
    LOSS("is not stored", (history, random) -> {
        Entry lost = acknowledged(history, random);
        return stored(history, log -> numbered(without(log, lost)));
    }),
    GAP("is due", (history, random) -> {
        List<Entry> log = log(history);
        Entry lost = log.get(random.nextInt(log.size() - 1));
        return stored(history, all -> without(all, lost));
    }),
    STORED_TWICE("is stored twice", (history, random) -> {
        Entry again = acknowledged(history, random);
        return stored(history, log -> appended(log, again));
    }),
    STORED_IN_TWO_CONVERSATIONS("is stored in here and in there", (history, random) -> {
        Entry again = acknowledged(history, random);
        Map<String, List<Entry>> log = new HashMap<>(history.log());
        log.put("there", appended(log.getOrDefault("there", List.of()), again));
        return new History(history.calls(), log, Map.of(), List.of());
    }),
    VERSION_TWICE("is that of", (history, random) -> {
        Entry one = acknowledged(history, random);
        return stored(history, log -> appended(log, new Entry(0, "another", one.version(), "another")));
    }),
    REORDER("was sent after a later one had been acknowledged", (history, random) -> {
        return stored(history, log -> {
            // The first one was acknowledged long before the last one was sent.
            List<Entry> swapped = new ArrayList<>(log);
            Entry first = log.stream()
                    .filter(entry -> isAcknowledged(history, entry))
                    .findFirst()
                    .orElseThrow();
            Collections.swap(swapped, log.indexOf(first), log.size() - 1);
            return numbered(swapped);
        });
    }),
    PHANTOM("was sent by nobody and is stored", (history, random) -> {
        return stored(history, log -> appended(log, new Entry(0, "phantom", "phantom", "boo")));
    }),
    REFUSED_AND_STORED("was refused and is stored", (history, random) -> {
        History more = called(history, true, 503, Answer.of(503, "busy"));
        return stored(more, log -> appended(log, new Entry(0, "new", "new", "text")));
    }),
    WRONG_AND_STORED("had to be refused and is stored", (history, random) -> {
        History more = called(history, false, 0, Answer.UNKNOWN);
        return stored(more, log -> appended(log, new Entry(0, "new", "new", "text")));
    }),
    ACCEPTED_WHAT_IS_WRONG("was acknowledged and had to be refused", (history, random) -> {
        return answered(history, random, false, 200, null, null);
    }),
    REFUSED_WHAT_IS_RIGHT("had nothing wrong", (history, random) -> {
        return called(history, true, 409, Answer.NOT_STORED);
    }),
    FAILED("was answered with 500", (history, random) -> {
        return called(history, true, 500, Answer.UNKNOWN);
    }),
    ANOTHER_CONTENT("with another content", (history, random) -> {
        Entry changed = acknowledged(history, random);
        return stored(
                history,
                log -> replaced(
                        log, changed, new Entry(changed.seq(), changed.message(), changed.version(), "changed")));
    }),
    ANOTHER_VERSION("was acknowledged as version", (history, random) -> {
        return answered(history, random, true, 200, "other", null);
    }),
    OLDER_CURRENT_VERSION("which does not fit", (history, random) -> {
        return answered(history, random, true, 200, null, log(history).get(0).version());
    }),
    UNKNOWN_CURRENT_VERSION("which does not fit", (history, random) -> {
        return answered(history, random, true, 200, null, "nowhere");
    }),
    MISSED(" after ", (history, random) -> {
        return seen(history, random, (all, at) -> all.remove(at));
    }),
    MISSED_AT_THE_END(" ended with ", (history, random) -> {
        return seen(history, random, (all, at) -> all.remove(all.size() - 1));
    }),
    SEEN_TWICE(" after ", (history, random) -> {
        return seen(history, random, (all, at) -> all.add(at, all.get(at)));
    }),
    SEEN_IN_ANOTHER_ORDER(" after ", (history, random) -> {
        return seen(history, random, (all, at) -> Collections.swap(all, at, at + 1));
    }),
    SEEN_AT_ANOTHER_POSITION(", stored is ", (history, random) -> {
        return seen(history, random, (all, at) -> {
            Entry one = all.get(at);
            all.set(at, new Entry(one.seq() + 1, one.message(), one.version(), one.content()));
        });
    }),
    SEEN_WITH_ANOTHER_CONTENT(", stored is ", (history, random) -> {
        return seen(history, random, (all, at) -> {
            Entry one = all.get(at);
            all.set(at, new Entry(one.seq(), one.message(), one.version(), "changed"));
        });
    }),
    SEEN_AND_NOT_STORED("which is not stored", (history, random) -> {
        return seen(history, random, (all, at) -> all.add(at, new Entry(at, "ghost", "ghost", "boo")));
    });

    private interface Fault {
        void change(List<Entry> seen, int at);
    }

    final String sentence;

    private final BiFunction<History, Random, History> change;

    Mutation(String sentence, BiFunction<History, Random, History> change) {
        this.sentence = sentence;
        this.change = change;
    }

    History of(History history, Random random) {
        return change.apply(history, random);
    }

    private static List<Entry> log(History history) {
        return history.log().getOrDefault("here", List.of());
    }

    private static boolean isAcknowledged(History history, Entry entry) {
        return history.calls().stream()
                .anyMatch(
                        call -> call.answer() == Answer.STORED && call.message().equals(entry.message()));
    }

    /** Not the first and not the last of its log. */
    static Entry acknowledged(History history, Random random) {
        List<Entry> log = log(history);
        List<Entry> all = log.subList(1, log.size() - 1).stream()
                .filter(entry -> isAcknowledged(history, entry))
                .toList();
        return all.get(random.nextInt(all.size()));
    }

    /** One more call, of a message that nobody has sent before. */
    private static History called(History history, boolean proper, int status, Answer answer) {
        Call call = new Call("here", "new", "text", proper, 0, 1, status, answer, null, null);
        return new History(plus(history.calls(), call), history.log(), Map.of(), history.followers());
    }

    static <T> List<T> plus(List<T> all, T one) {
        List<T> more = new ArrayList<>(all);
        more.add(one);
        return more;
    }

    static List<Entry> without(List<Entry> log, Entry entry) {
        return log.stream().filter(other -> !other.equals(entry)).toList();
    }

    static List<Entry> replaced(List<Entry> log, Entry entry, Entry other) {
        return log.stream().map(each -> each.equals(entry) ? other : each).toList();
    }

    static List<Entry> numbered(List<Entry> log) {
        List<Entry> numbered = new ArrayList<>();
        log.forEach(entry ->
                numbered.add(new Entry(numbered.size() + 1L, entry.message(), entry.version(), entry.content())));
        return numbered;
    }

    static List<Entry> appended(List<Entry> log, Entry entry) {
        return numbered(plus(log, entry));
    }

    /** Another log in the first conversation, and everybody has seen just that. */
    static History stored(History history, UnaryOperator<List<Entry>> change) {
        Map<String, List<Entry>> log = new HashMap<>(history.log());
        log.put("here", change.apply(log(history)));
        List<Follower> followers = history.followers().stream()
                .map(one -> new Follower(
                        one.name(),
                        one.conversation(),
                        one.start(),
                        List.of(log.getOrDefault(one.conversation(), List.of()))))
                .toList();
        return new History(history.calls(), log, Map.of(), followers);
    }

    /** Another answer to what was acknowledged; null where it stays. */
    static History answered(
            History history,
            Random random,
            boolean proper,
            int status,
            @Nullable String version,
            @Nullable String current) {
        Entry entry = acknowledged(history, random);
        List<Call> calls = history.calls().stream()
                .map(call -> !call.message().equals(entry.message()) || call.answer() != Answer.STORED
                        ? call
                        : new Call(
                                call.conversation(),
                                call.message(),
                                call.content(),
                                proper,
                                call.begun(),
                                call.ended(),
                                status,
                                call.answer(),
                                version == null ? call.version() : version,
                                current == null ? call.current() : current))
                .toList();
        return new History(calls, history.log(), Map.of(), history.followers());
    }

    /** One subscriber, who resumes from the beginning, has seen something else than the others. */
    static History seen(History history, Random random, Fault fault) {
        List<Follower> followers = new ArrayList<>(history.followers());
        followers.replaceAll(follower -> {
            if (follower.start() != Start.BEGINNING) {
                return follower;
            }
            List<Entry> all = new ArrayList<>(
                    follower.connections().stream().flatMap(List::stream).toList());
            fault.change(all, 1 + random.nextInt(all.size() - 3));
            return new Follower(follower.name(), follower.conversation(), follower.start(), List.of(all));
        });
        return new History(history.calls(), history.log(), Map.of(), followers);
    }
}
