package org.xfchat.log;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.xfchat.failure.Failures;
import org.xfchat.log.Decision.Verdict;

/** What happens with what was written. */
record Delivery(LogMetrics metrics, Consumer<Committed> committed, Failures failures) {
    /** Answers first, announces then; what was skipped. */
    List<Append> deliver(List<Append> appends, Written written) {
        metrics.batchSize().record(appends.size());
        List<Append> skipped = new ArrayList<>();
        Map<UUID, List<Entry>> entries = new LinkedHashMap<>();
        Map<UUID, Long> heads = new HashMap<>();
        for (int i = 0; i < appends.size(); i++) {
            Append append = appends.get(i);
            Verdict verdict = written.verdicts().get(i);
            if (verdict instanceof Decision.Accepted accepted) {
                UUID conversation = append.draft.conversationId();
                Instant time = Objects.requireNonNull(written.times().get(append.draft.id()));
                entries.computeIfAbsent(conversation, id -> new ArrayList<>()).add(accepted.entry(time));
                heads.merge(conversation, accepted.seq(), Math::max);
                metrics.appended().increment();
                append.acknowledge(accepted.appended());
            } else if (verdict instanceof Decision.Replayed replayed) {
                // What a lost COMMIT had stored was not announced: it is by the replay.
                entries.computeIfAbsent(append.draft.conversationId(), id -> new ArrayList<>());
                heads.merge(append.draft.conversationId(), replayed.head(), Math::max);
                metrics.replayed().increment();
                append.acknowledge(replayed.appended());
            } else if (verdict instanceof Decision.Refused refused) {
                metrics.refused(refused.refusal());
                append.refuse(refused.refusal());
            } else {
                skipped.add(append);
            }
        }
        entries.forEach((conversation, some) -> announce(
                new Committed(conversation, Objects.requireNonNull(heads.get(conversation)), List.copyOf(some))));
        return skipped;
    }

    private void announce(Committed event) {
        try {
            committed.accept(event);
        } catch (Throwable bug) {
            // What is stored is stored, and the poll finds it.
            failures.survived("observer", bug);
        }
    }
}
