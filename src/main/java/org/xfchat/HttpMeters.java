package org.xfchat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
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

    /** Of the contract; a client may send any other word, each of which would be kept for ever, by the registry as well. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "MULTIPLEX");

    @Produces
    @Singleton
    MeterFilter requests() {
        return new MeterFilter() {
            /** Not another name for all of them: the registry remembers whatever it was ever asked for, unless it is denied. */
            @Override
            public MeterFilterReply accept(Meter.Id id) {
                return id.getName().equals(REQUESTS) && !METHODS.contains(String.valueOf(id.getTag(METHOD)))
                        ? MeterFilterReply.DENY
                        : MeterFilterReply.NEUTRAL;
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
