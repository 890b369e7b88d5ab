package org.xfchat.signal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;
import org.xfchat.database.DatabaseUrlSource;

/** Signals as a process of their own has them, without the rest of it. */
public final class Replica implements AutoCloseable {
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Signals signals;

    /** @param settings beside those of the database, by their full names */
    public Replica(String databaseUrl, Map<String, String> settings) {
        Map<String, String> properties = new HashMap<>(settings);
        properties.put("DATABASE_URL", databaseUrl);
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .withSources(new DatabaseUrlSource())
                .withMapping(SignalConfig.class)
                .build();
        PGSimpleDataSource pool = new PGSimpleDataSource();
        pool.setUrl(config.getValue("database-url.jdbc", String.class));
        pool.setUser(config.getValue("database-url.username", String.class));
        pool.setPassword(config.getValue("database-url.password", String.class));
        signals = new Signals(config.getConfigMapping(SignalConfig.class), config, pool, metrics);
    }

    public Signals signals() {
        return signals;
    }

    /** A counter or gauge by its name, summed up over its tags; 0 when it was never touched. */
    public double metric(String name) {
        return metrics.find(name).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    @Override
    public void close() {
        signals.stop();
    }
}
