package org.xfchat.signal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;
import org.xfchat.database.DatabaseUrlSource;

/** Signals as a process of their own has them, without the rest of it. */
final class Replica implements AutoCloseable {
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Signals signals;

    Replica(String databaseUrl, boolean listens, Signals.Rhythm rhythm) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(Map.of("DATABASE_URL", databaseUrl), "test", 100))
                .withSources(new DatabaseUrlSource())
                .build();
        PGSimpleDataSource pool = new PGSimpleDataSource();
        pool.setUrl(config.getValue("database-url.jdbc", String.class));
        pool.setUser(config.getValue("database-url.username", String.class));
        pool.setPassword(config.getValue("database-url.password", String.class));
        signals = new Signals(listens, rhythm, config, pool, metrics);
    }

    Signals signals() {
        return signals;
    }

    /** A counter or gauge by its name, summed up over its tags; 0 when it was never touched. */
    double metric(String name) {
        return metrics.find(name).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    @Override
    public void close() {
        signals.stop();
    }
}
