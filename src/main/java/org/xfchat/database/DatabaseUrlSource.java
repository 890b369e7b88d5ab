package org.xfchat.database;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.DatabaseUrl.MalformedException;

/**
 * Answers {@code database-url.*}, which application.properties hands to the datasource and to Flyway, from {@code
 * DATABASE_URL} and {@code DATABASE_DIRECT_URL}.
 *
 * <p>It lists no property names: what a source lists at build time is recorded in the artefact, password included. A
 * malformed value answers nothing here; {@code org.xfchat.Settings} says what is wrong with it.
 */
public class DatabaseUrlSource implements ConfigSourceFactory {
    /**
     * What each transaction of a lane runs with. It waits for somebody else's lock for a short time only, since everybody behind it
     * waits as long. Its statements are planned once, since for one message to plan them took longer than to run them; and with index
     * probes only, since a plan that was made when a table was empty would read it from end to end.
     */
    public static final Map<String, String> LANE_OPTIONS = new TreeMap<>(Map.of(
            "statement_timeout", "7000",
            "lock_timeout", "250",
            "plan_cache_mode", "force_generic_plan",
            "enable_seqscan", "off"));

    /**
     * What the pool's statements run with, beside their timeout: planned once as well, for a third to a half of the time went there, and
     * never compiled, since none of them is as large as the planner takes one for whose table has to be read.
     */
    private static final String POOL_OPTIONS = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off";

    /**
     * How long the pool's statements wait for another's lock. A command is tried again then: three attempts fit into a request's
     * deadline. A read, which waits for changes of the schema only, is answered with {@code UNAVAILABLE}.
     */
    static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

    /** Connections of {@code DATABASE_POOL_SIZE} that write messages: one is busy while the other waits for the disk. */
    public static final int LANES = 2;

    /** Beside the lanes' one for the readiness check, and one that listens. */
    private static final int RESERVED_CONNECTIONS = LANES + 2;

    /** Tighter than the pool's: a batch keeps everybody behind it waiting. */
    private static final String LANE_SOCKET_SECONDS = "8";

    /** Longer than a statement may take, so that the server's own timeout comes first. */
    private static final Duration SOCKET_GRACE = Duration.ofSeconds(5);

    private static final String CONNECT_SECONDS = "5";
    private static final String PING_SECONDS = "2";

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        return List.of(new Source(context));
    }

    private record Source(ConfigSourceContext context) implements ConfigSource {
        @Override
        public Set<String> getPropertyNames() {
            return Set.of();
        }

        @Override
        public String getName() {
            return "DATABASE_URL";
        }

        @Override
        public @Nullable String getValue(String name) {
            String value = name.startsWith("database-url.") ? value(name.substring("database-url.".length())) : null;
            // A dollar sign, of a password say, would be read as the beginning of an expression.
            return value == null ? null : value.replace("$", "\\$");
        }

        private @Nullable String value(String name) {
            String direct = setting("DATABASE_DIRECT_URL");
            DatabaseUrl pooled = parse(setting("DATABASE_URL"));
            DatabaseUrl straight = direct == null ? pooled : parse(direct);
            return switch (name) {
                case "pool-size" -> poolSize();
                case "pooled" -> String.valueOf(direct != null);
                case "jdbc" -> pooled == null ? null : pooled.jdbc(poolProperties(direct != null));
                case "ping.jdbc" -> pooled == null ? null : pooled.jdbc(pingProperties(direct != null));
                case "lane.jdbc" -> pooled == null ? null : laneUrl(pooled, direct != null);
                case "username" -> pooled == null ? null : pooled.user();
                case "password" -> pooled == null ? null : pooled.password();
                case "target" -> pooled == null ? null : pooled.target();
                case "direct.same" -> String.valueOf(direct != null && isSame(straight, pooled));
                case "direct.jdbc" ->
                    straight == null
                            ? null
                            : straight.jdbc(directProperties(direct != null && isSame(straight, pooled)));
                case "direct.username" -> straight == null ? null : straight.user();
                case "direct.password" -> straight == null ? null : straight.password();
                default -> null;
            };
        }

        private static boolean isSame(@Nullable DatabaseUrl one, @Nullable DatabaseUrl other) {
            return one != null && other != null && one.target().equals(other.target());
        }

        private @Nullable String setting(String name) {
            ConfigValue value = context.getValue(name);
            return value == null || value.getValue() == null || value.getValue().isBlank() ? null : value.getValue();
        }

        private static @Nullable DatabaseUrl parse(@Nullable String url) {
            try {
                return url == null ? null : DatabaseUrl.parse(url);
            } catch (MalformedException reportedBySettings) {
                return null;
            }
        }

        private @Nullable String poolSize() {
            String size = setting("DATABASE_POOL_SIZE");
            return size == null || !size.matches("\\d{1,4}")
                    ? null
                    : String.valueOf(Math.max(1, Integer.parseInt(size) - RESERVED_CONNECTIONS));
        }

        /** What migrations run with, too: without statement and socket timeouts. */
        private static Map<String, String> directProperties(boolean throughPgBouncer) {
            Map<String, String> properties = baseProperties();
            if (throughPgBouncer) {
                properties.put("prepareThreshold", "0");
            }
            return properties;
        }

        private static Map<String, String> baseProperties() {
            Map<String, String> properties = new LinkedHashMap<>();
            properties.put("ApplicationName", "xfchat");
            properties.put("connectTimeout", CONNECT_SECONDS);
            properties.put("loginTimeout", CONNECT_SECONDS);
            properties.put("tcpKeepAlive", "true");
            return properties;
        }

        private static Map<String, String> pingProperties(boolean throughPgBouncer) {
            Map<String, String> properties = directProperties(throughPgBouncer);
            for (String timeout : List.of("connectTimeout", "loginTimeout", "socketTimeout")) {
                properties.put(timeout, PING_SECONDS);
            }
            return properties;
        }

        private Map<String, String> poolProperties(boolean throughPgBouncer) {
            Duration statement = statementTimeout();
            Map<String, String> properties = baseProperties();
            if (throughPgBouncer) {
                // Server connections change under a client connection: no named statements, no start-up options.
                properties.put("prepareThreshold", "0");
            } else {
                properties.put(
                        "options",
                        POOL_OPTIONS + " -c lock_timeout=" + LOCK_TIMEOUT.toMillis()
                                + (statement == null ? "" : " -c statement_timeout=" + statement.toMillis()));
            }
            if (statement != null) {
                properties.put(
                        "socketTimeout",
                        String.valueOf(statement.plus(SOCKET_GRACE).toSeconds()));
            }
            return properties;
        }

        /** A lane depends on its options, which no option of the URI replaces. */
        private static String laneUrl(DatabaseUrl url, boolean throughPgBouncer) {
            String options = LANE_OPTIONS.entrySet().stream()
                    .map(option -> "-c " + option.getKey() + "=" + option.getValue())
                    .collect(Collectors.joining(" "));
            return url.jdbc(laneProperties(throughPgBouncer), throughPgBouncer ? "" : options);
        }

        private static Map<String, String> laneProperties(boolean throughPgBouncer) {
            Map<String, String> properties = baseProperties();
            properties.put("ApplicationName", "xfchat lane");
            properties.put("socketTimeout", LANE_SOCKET_SECONDS);
            // The detail of a violated constraint is the row, message text included.
            properties.put("logServerErrorDetail", "false");
            if (throughPgBouncer) {
                properties.put("prepareThreshold", "0");
            }
            return properties;
        }

        private @Nullable Duration statementTimeout() {
            String value = setting("DATABASE_STATEMENT_TIMEOUT");
            try {
                return value == null ? null : DurationConverter.parseDuration(value);
            } catch (IllegalArgumentException | ArithmeticException reportedBySettings) {
                return null;
            }
        }
    }
}
