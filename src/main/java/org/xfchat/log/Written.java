package org.xfchat.log;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.xfchat.log.Decision.Verdict;

/**
 * What became of a batch.
 *
 * @param verdicts in the drafts' order
 * @param times of what was accepted, by message id
 */
record Written(List<Verdict> verdicts, Map<UUID, Instant> times) {
    static Written all(List<Draft> drafts, Verdict verdict) {
        return new Written(Collections.nCopies(drafts.size(), verdict), Map.of());
    }

    Written and(Written other) {
        Map<UUID, Instant> both = new HashMap<>(times);
        both.putAll(other.times);
        return new Written(
                Stream.concat(verdicts.stream(), other.verdicts.stream()).toList(), both);
    }
}
