package org.xfchat;

import io.quarkus.runtime.configuration.DurationConverter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Tokens;
import org.xfchat.database.DatabaseUrl;
import org.xfchat.database.DatabaseUrl.MalformedException;
import org.xfchat.limit.TrustedProxies;

/**
 * The environment variables that the service reads, what each is by default, and what it accepts. application.properties hands
 * them to the parts; this says in one line, by the variable's name, what is wrong with one.
 *
 * <p>It is a table, and not constraints on the parts' configurations: those would name the parts' settings instead of the
 * variables, and would be looked at only after the framework has converted every value, or failed to in its own words.
 */
public enum Settings {
    DATABASE_URL(null, DatabaseUrl.FORM, Settings::databaseUrl),
    DATABASE_DIRECT_URL(null, DatabaseUrl.FORM + ", or unset", Settings::optionalDatabaseUrl),
    JWT_SECRET(null, "at least " + Tokens.MIN_SECRET_BYTES + " random bytes", Settings::jwtSecret),
    JWT_SECRET_PREVIOUS(null, "the secret before JWT_SECRET, or unset", Settings::previousJwtSecret),
    SERVER_PORT("3000", "0 to 65535", whole(0, Settings.MAX_PORT)),
    MANAGEMENT_PORT(null, "0 to 65535, or unset: 6000 above SERVER_PORT", whole(0, Settings.MAX_PORT)),
    DATABASE_POOL_SIZE("25", "6 to 1000 connections (25 to 50 advised)", whole(6, 1000)),
    DATABASE_ACQUIRE_TIMEOUT("5s", "100ms", "9s"),
    DATABASE_STATEMENT_TIMEOUT("30s", "1s", "10m"),
    DATABASE_IDLE_TIMEOUT("10m", "1s", "24h"),
    DATABASE_MAX_LIFETIME("30m", "1s", "24h"),
    MIGRATE_AT_START("true", "true or false", Settings::trueOrFalse),
    READ_ONLY("false", "true or false", Settings::trueOrFalse),
    LOG_LEVEL("info", "error, warn, info, debug or trace", Settings::logLevel),
    LOG_FORMAT("text", "text or json", oneOf("text", "json")),
    LOG_SQL("false", "true or false", Settings::trueOrFalse),
    CORS_ORIGINS(null, "origins such as https://chat.example.com, with commas between, or unset", Settings::origins),
    OTEL_EXPORTER_OTLP_ENDPOINT(
            null, "http://host:port of a collector that takes OTLP over gRPC, or unset", Settings::endpoint),
    OTEL_TRACES_SAMPLER_ARG("1.0", "the share of requests that are traced, 0 to 1", Settings::share),
    LIMITS("on", "on or off", oneOf("on", "off")),
    TRUSTED_PROXIES(
            null,
            "how many proxies every request comes through, 1 to 9, or their addresses and networks such as 192.0.2.7 or"
                    + " 10.20.0.0/16, with commas between, or unset",
            Settings::proxies),
    SHUTDOWN_DELAY("0s", "0s", "60s");

    private static final int MAX_PORT = 65_535;

    /** Variables whose value is never printed. */
    private static final Set<Settings> SECRET =
            Set.of(DATABASE_URL, DATABASE_DIRECT_URL, JWT_SECRET, JWT_SECRET_PREVIOUS);

    /** The old server's built-in secret, and what else stands in published examples: whoever reads them can sign. */
    private static final Pattern PUBLISHED_SECRET = Pattern.compile(
            "(?is).*(change[-_ ]?(me|this|it|in[-_ ]?prod)|your[-_ ]?(super[-_ ]?)?(jwt[-_ ]?)?secret|default[-_ ]?secret"
                    + "|(jwt|dev|development|test)[-_ ]?secret).*");

    /**
     * An origin as browsers write it (RFC 6454, section 6.2): in lower case, without a port that is the scheme's own. It is
     * compared as it is, so that any other form would allow nobody; and patterns, the asterisk among them, would allow more
     * than their author sees.
     */
    private static final Pattern ORIGIN =
            Pattern.compile("https?://([a-z0-9]([-a-z0-9.]*[a-z0-9])?|\\[[0-9a-f:.]+])(:[1-9]\\d{0,4})?");

    private static final Pattern ENDPOINT =
            Pattern.compile("https?://([-A-Za-z0-9._]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?/?");

    /** What is wrong with a value, null when nothing is; absent values are null. */
    private interface Check {
        @Nullable
        String wrong(@Nullable String value);
    }

    private final @Nullable String byDefault;
    private final String accepted;
    private final Check check;

    /** @param byDefault null for none */
    Settings(@Nullable String byDefault, String accepted, Check check) {
        this.byDefault = byDefault;
        this.accepted = accepted;
        this.check = check;
    }

    /** A duration. */
    Settings(String byDefault, String min, String max) {
        this(byDefault, min + " to " + max, duration(min, max));
    }

    /**
     * The first variable that is missing or not acceptable, as one line without its value; empty when all are fine.
     *
     * @param given what was given under a name
     */
    static Optional<String> problem(Function<String, Optional<String>> given) {
        for (Settings setting : values()) {
            String wrong = setting.check.wrong(setting.value(given).orElse(null));
            if (wrong != null) {
                return Optional.of(setting.name() + " " + wrong + "; accepted: " + setting.accepted);
            }
        }
        return Optional.empty();
    }

    /** What is in effect, without secrets. */
    static String effective(Function<String, Optional<String>> given) {
        return List.of(values()).stream()
                .filter(setting -> !SECRET.contains(setting))
                .map(setting -> setting.name() + "=" + setting.inEffect(given).orElse(""))
                .collect(Collectors.joining(" "));
    }

    /** As it was set; empty where it was not, or blank. */
    Optional<String> value(Function<String, Optional<String>> given) {
        return given.apply(name()).filter(value -> !value.isBlank());
    }

    /** As it is where it is not set; empty for none. */
    Optional<String> byDefault() {
        return Optional.ofNullable(byDefault);
    }

    /** As it was set, or as it is by default; empty where there is neither. */
    public Optional<String> inEffect(Function<String, Optional<String>> given) {
        return value(given).or(this::byDefault);
    }

    private static @Nullable String databaseUrl(@Nullable String value) {
        if (value == null) {
            return "is missing: PostgreSQL is required";
        }
        try {
            DatabaseUrl.parse(value);
            return null;
        } catch (MalformedException malformed) {
            return "is malformed: " + malformed.getMessage();
        }
    }

    private static @Nullable String optionalDatabaseUrl(@Nullable String value) {
        return value == null ? null : databaseUrl(value);
    }

    private static @Nullable String jwtSecret(@Nullable String value) {
        if (value == null) {
            return "is missing";
        }
        if (PUBLISHED_SECRET.matcher(value).matches()) {
            return "is the old built-in default or another published example, which anybody can sign with";
        }
        return value.getBytes(StandardCharsets.UTF_8).length < Tokens.MIN_SECRET_BYTES ? "is too short" : null;
    }

    private static @Nullable String previousJwtSecret(@Nullable String value) {
        return value != null && PUBLISHED_SECRET.matcher(value).matches()
                ? "is the old built-in default or another published example, which anybody can sign with"
                : null;
    }

    private static Check whole(int min, int max) {
        return value -> value == null
                        || (value.matches("\\d{1,9}")
                                && Integer.parseInt(value) >= min
                                && Integer.parseInt(value) <= max)
                ? null
                : "is not a whole number in range";
    }

    private static Check duration(String min, String max) {
        Duration shortest = DurationConverter.parseDuration(min);
        Duration longest = DurationConverter.parseDuration(max);
        return value -> {
            if (value == null) {
                return null;
            }
            try {
                Duration duration = DurationConverter.parseDuration(value);
                return duration.compareTo(shortest) >= 0 && duration.compareTo(longest) <= 0 ? null : "is out of range";
            } catch (IllegalArgumentException | ArithmeticException malformed) {
                return "is not a duration";
            }
        };
    }

    private static @Nullable String trueOrFalse(@Nullable String value) {
        return value == null || value.equals("true") || value.equals("false") ? null : "is neither true nor false";
    }

    private static @Nullable String origins(@Nullable String value) {
        if (value == null) {
            return null;
        }
        for (String listed : value.split(",", -1)) {
            String origin = listed.strip();
            if (!ORIGIN.matcher(origin).matches()) {
                return "has something that is not an origin: scheme, host and port as browsers write them, without a path";
            }
            int port = URI.create(origin).getPort();
            if (port > MAX_PORT || port == (origin.startsWith("https:") ? 443 : 80)) {
                return "has an origin with a port that browsers do not write";
            }
        }
        return null;
    }

    private static @Nullable String proxies(@Nullable String value) {
        try {
            Optional.ofNullable(value).ifPresent(TrustedProxies::parse);
            return null;
        } catch (IllegalArgumentException malformed) {
            return "is neither a number from 1 to 9 nor a list of addresses and networks (a network of everybody, /0, is refused)";
        }
    }

    /** Neither a user nor a password, since it is printed. */
    private static @Nullable String endpoint(@Nullable String value) {
        return value == null || ENDPOINT.matcher(value).matches() ? null : "is not the address of a collector";
    }

    private static @Nullable String share(@Nullable String value) {
        return value == null || value.matches("0(\\.\\d{1,9})?|1(\\.0{1,9})?") ? null : "is not a share";
    }

    private static Check oneOf(String... accepted) {
        return value -> value == null || Set.of(accepted).contains(value) ? null : "is not one of the accepted values";
    }

    private static @Nullable String logLevel(@Nullable String value) {
        return value == null
                        || Set.of("error", "warn", "info", "debug", "trace").contains(value.toLowerCase(Locale.ROOT))
                ? null
                : "is not a level";
    }
}
