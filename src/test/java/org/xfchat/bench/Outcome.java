package org.xfchat.bench;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What a load run showed.
 *
 * @param perSecond successful answers
 * @param micros how long they took; in an open loop from when the request should have been sent
 * @param statuses how many answers of which status, {@link HttpConnection#CUT} for none
 * @param cost what a thousand successful answers took
 */
record Outcome(double perSecond, Histogram micros, Map<Integer, Long> statuses, Cost cost) {
    Outcome {
        statuses = Map.copyOf(statuses);
    }

    /** Fails unless every answer was a success. */
    Outcome requireAllGood() {
        if (!statuses.keySet().stream().allMatch(status -> status / 100 == 2)) {
            throw new AssertionError("answers by status: " + new TreeMap<>(statuses));
        }
        return this;
    }

    double millis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1_000.0;
    }
}
