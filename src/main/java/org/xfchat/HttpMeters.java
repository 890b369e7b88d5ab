package org.xfchat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.stream.DoubleStream;

/** What the framework measures of HTTP: in buckets that alerts can use, and with tags that no client can multiply. */
@Singleton
class HttpMeters {
    private static final String REQUESTS = "http.server.requests";
    private static final String METHOD = "method";

    private static final double[] BUCKETS = DoubleStream.of(0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 10)
            .map(seconds -> seconds * 1e9)
            .toArray();

    /** Of the contract; a client may send any other word, each of which would be kept for ever. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "MULTIPLEX");

    @Produces
    @Singleton
    MeterFilter requests() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                String method = id.getTag(METHOD);
                return !id.getName().equals(REQUESTS) || method == null || METHODS.contains(method)
                        ? id
                        : id.replaceTags(Tags.of(id.getTags()).and(Tag.of(METHOD, "OTHER")));
            }

            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return id.getName().equals(REQUESTS)
                        ? DistributionStatisticConfig.builder()
                                .serviceLevelObjectives(BUCKETS)
                                .build()
                                .merge(config)
                        : config;
            }
        };
    }
}
