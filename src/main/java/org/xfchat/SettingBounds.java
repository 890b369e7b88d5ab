package org.xfchat;

import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/** What the documented settings that are no variables may be: one that cannot work ends the start, and not every request. */
final class SettingBounds {
    /**
     * @param least the smallest value that is accepted, as it is written
     * @param most the largest one, or empty for none
     */
    private record Bound<T extends Comparable<T>>(String name, Class<T> type, String least, String most) {
        /** The line that says what is wrong; empty where the setting is not set, or fine. */
        Optional<String> problem(Config config) {
            return config.getOptionalValue(name, type)
                    .filter(value -> value.compareTo(parsed(config, least)) < 0
                            || (!most.isEmpty() && value.compareTo(parsed(config, most)) > 0))
                    .map(value -> name + " is out of range; accepted: "
                            + (most.isEmpty() ? "at least " + least : least + " to " + most));
        }

        private T parsed(Config config, String written) {
            return config.getConverter(type).orElseThrow().convert(written);
        }
    }

    /** The framework's sizes cannot be compared. */
    private record Size(String name, String least) {
        Optional<String> problem(Config config) {
            BigInteger smallest = config.getConverter(MemorySize.class)
                    .orElseThrow()
                    .convert(least)
                    .asBigInteger();
            return config.getOptionalValue(name, MemorySize.class)
                    .filter(value -> value.asBigInteger().compareTo(smallest) < 0)
                    .map(value -> name + " is out of range; accepted: at least " + least);
        }
    }

    private static final List<Bound<?>> BOUNDS = List.of(
            new Bound<>("xfchat.http.deadline", Duration.class, "1s", "60s"),
            new Bound<>("xfchat.http.stall-timeout", Duration.class, "1s", "1h"),
            new Bound<>("xfchat.auth.token-lifetime", Duration.class, "1m", "3650d"),
            new Bound<>("xfchat.usage.monthly-message-limit", Long.class, "1", ""));

    private static final List<Size> SIZES = List.of(
            new Size("xfchat.auth.hash-memory", "19M"),
            new Size("xfchat.memory.total", "8M"),
            new Size("xfchat.cursor.tails", "0"));

    private SettingBounds() {}

    /** The first setting that is out of its range, as one line; empty when all are fine. */
    static Optional<String> problem(Config config) {
        return BOUNDS.stream()
                .flatMap(bound -> bound.problem(config).stream())
                .findFirst()
                .or(() -> SIZES.stream()
                        .flatMap(size -> size.problem(config).stream())
                        .findFirst());
    }
}
