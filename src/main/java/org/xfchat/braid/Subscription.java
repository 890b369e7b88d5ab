package org.xfchat.braid;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a client asks of a subscription (Braid-HTTP 04, section 4): {@code Subscribe} and {@code Heartbeats}. */
public final class Subscription {
    private static final Pattern SECONDS = Pattern.compile("\\s*(\\d{1,9}(?:\\.\\d{1,9})?)\\s*s?\\s*");
    private static final BigDecimal SHORTEST = BigDecimal.ONE;
    private static final BigDecimal LONGEST = BigDecimal.valueOf(60);

    private Subscription() {}

    /** Whether a {@code Subscribe} header asks for a subscription: present, whatever its value, but not false. */
    public static boolean isWanted(@Nullable String subscribe) {
        return subscribe != null
                && !subscribe.strip().equals("?0")
                && !subscribe.strip().toLowerCase(Locale.ROOT).equals("false");
    }

    /** The value of the response's {@code Subscribe}: the form that the client used, never its bytes. */
    public static String echo(@Nullable String subscribe) {
        return subscribe != null && subscribe.strip().equals("?1") ? "?1" : "true";
    }

    /**
     * The pace that a {@code Heartbeats} header asks for, within 1 to 60 seconds; empty when it is absent or no number above
     * 0 with or without {@code s}.
     */
    public static Optional<Duration> heartbeats(@Nullable String header) {
        Matcher seconds = SECONDS.matcher(header == null ? "" : header);
        if (!seconds.matches()) {
            return Optional.empty();
        }
        BigDecimal asked = new BigDecimal(seconds.group(1));
        return asked.signum() == 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(
                        asked.max(SHORTEST).min(LONGEST).movePointRight(3).longValue()));
    }

    /** A pace as it is announced: seconds, with a fraction where there is one. */
    public static String format(Duration pace) {
        return BigDecimal.valueOf(pace.toMillis())
                        .movePointLeft(3)
                        .stripTrailingZeros()
                        .toPlainString()
                + "s";
    }
}
