package org.xfchat.log;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;
import org.xfchat.database.SqlFailure;
import org.xfchat.error.ApiException;

/** What is counted. */
record LogMetrics(
        MeterRegistry meters,
        Counter appended,
        Counter replayed,
        Counter expired,
        Counter failedBatches,
        Counter connectionFailures,
        DistributionSummary batchSize,
        Timer commit) {
    private static final Duration[] COMMIT_BUCKETS = LongStream.of(5, 10, 50, 100, 500, 1000, 5000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    static LogMetrics in(MeterRegistry meters) {
        return new LogMetrics(
                meters,
                meters.counter("xfchat.log.appended"),
                meters.counter("xfchat.log.replayed"),
                meters.counter("xfchat.log.expired"),
                meters.counter("xfchat.log.failed.batches"),
                SqlFailure.connectionFailures(meters, "lane"),
                meters.summary("xfchat.log.batch.size"),
                Timer.builder("xfchat.log.commit")
                        .serviceLevelObjectives(COMMIT_BUCKETS)
                        .register(meters));
    }

    void refused(ApiException refusal) {
        meters.counter("xfchat.log.refused", "code", refusal.code().code()).increment();
    }
}
