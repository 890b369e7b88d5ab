package org.xfchat.limit;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much a caller may ask for. The numbers are far above what people do, and an old client at its worst. */
@ConfigMapping(prefix = "xfchat.limit")
public interface LimitConfig {
    /** Off: nothing is counted and nobody is refused. */
    boolean enabled();

    /**
     * The proxies that say truly for whom they ask: how many there are, or their addresses and networks, with commas.
     */
    Optional<String> trustedProxies();

    /** Per address, which many people may share. */
    @WithDefault("60/1h")
    Rate signUp();

    /** Open streams on one replica, at some 9 kB each. */
    @Positive
    @WithDefault("20000")
    int streams();

    /**
     * Of one user: some devices, and what they have not noticed to be cut. Not to be turned in production: it may go
     * without notice.
     */
    @Positive
    @WithDefault("100")
    int streamsPerUser();

    /** Attempts, per address, which many people may share. Not to be turned in production: it may go without notice. */
    @WithDefault("300/5m")
    Rate logIn();

    /** Per user. Not to be turned in production: it may go without notice. */
    @WithDefault("60/1h")
    Rate friendRequest();

    /**
     * Per user, those that are refused for another reason included. Not to be turned in production: it may go without
     * notice.
     */
    @WithDefault("200/10s")
    Rate message();

    /** Per user. Not to be turned in production: it may go without notice. */
    @WithDefault("100/10s")
    Rate typing();

    /**
     * How long a message waits for its turn before it is refused; well below the request's deadline. Not to be turned
     * in production: it may go without notice.
     */
    @WithDefault("2s")
    Duration messageWait();

    /**
     * Wrong passwords for one account from one address, within {@link LoginFailures#WINDOW}. Not to be turned in
     * production: it may go without notice.
     */
    @Positive
    @WithDefault("10")
    int failures();

    /**
     * Wrong passwords for one account from anywhere, within {@link LoginFailures#WINDOW}. Not to be turned in
     * production: it may go without notice.
     */
    @Positive
    @WithDefault("100")
    int failuresPerAccount();

    /**
     * How often counts of failures that have run out are removed. Not to be turned in production: it may go without
     * notice.
     */
    @WithDefault("60s")
    Duration sweepEvery();

    /**
     * A bucket of tokens, one for each request, such as {@code 60/1h}.
     *
     * @param burst tokens in a full bucket, at least one
     * @param period how long an empty bucket takes to be full again; it fills steadily
     */
    record Rate(int burst, Duration period) {
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*/\\s*(\\d\\S*)");
        private static final String WRONG = "a rate is a positive number in a positive time, such as 60/1h";

        public Rate {
            if (burst < 1 || period.isNegative() || period.isZero()) {
                throw new IllegalArgumentException(WRONG);
            }
        }

        /** From a setting. */
        public static Rate of(String setting) {
            Matcher form = FORM.matcher(setting.strip());
            if (!form.matches()) {
                throw new IllegalArgumentException(WRONG);
            }
            return new Rate(Integer.parseInt(form.group(1)), DurationConverter.parseDuration(form.group(2)));
        }
    }
}
