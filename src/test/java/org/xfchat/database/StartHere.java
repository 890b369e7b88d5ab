package org.xfchat.database;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.xfchat.SettingsHere;
import org.xfchat.testing.ShippedSchema;

/** What {@code serve} does with the database before its port opens, in this JVM, with the settings of a process. */
public final class StartHere {
    private static final Path SHIPPED = Path.of("src/main/resources/application.properties");

    /** As in a process: weaker than what it is given. */
    private static final int WEAKER = 250;

    private StartHere() {}

    /** The line that ends the start; empty where the port would be opened. */
    public static Optional<String> refusal(Map<String, String> settings) {
        SmallRyeConfig config = config(settings);
        DirectDatabase direct = new DirectDatabase(config);
        Flyway flyway = Flyway.configure()
                .configuration(ShippedSchema.SETTINGS)
                .dataSource(direct.dataSource())
                .baselineOnMigrate(config.getValue("quarkus.flyway.baseline-on-migrate", Boolean.class))
                .baselineVersion(config.getValue("quarkus.flyway.baseline-version", String.class))
                .load();
        try {
            new StartUp(direct, config.getConfigMapping(DatabaseConfig.class), pool(config), new Migrations(flyway))
                    .serve();
            return Optional.empty();
        } catch (StartUpFailure refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    private static SmallRyeConfig config(Map<String, String> settings) {
        try {
            return new SmallRyeConfigBuilder()
                    .withProfile("prod")
                    .addDefaultInterceptors()
                    .addDiscoveredConverters()
                    .withSources(SettingsHere.sources(settings).toArray(ConfigSource[]::new))
                    .withSources(new PropertiesConfigSource(settings, "what the process is given", WEAKER + 50))
                    .withSources(new PropertiesConfigSource(SHIPPED.toUri().toURL(), WEAKER))
                    .withSources(new DatabaseUrlSource())
                    .withMapping(DatabaseConfig.class)
                    .build();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Connects as the pool does. */
    private static PGSimpleDataSource pool(SmallRyeConfig config) {
        PGSimpleDataSource pool = new PGSimpleDataSource();
        pool.setUrl(config.getValue("quarkus.datasource.jdbc.url", String.class));
        config.getOptionalValue("quarkus.datasource.username", String.class).ifPresent(pool::setUser);
        config.getOptionalValue("quarkus.datasource.password", String.class).ifPresent(pool::setPassword);
        return pool;
    }
}
