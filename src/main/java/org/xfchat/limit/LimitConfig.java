package org.xfchat.limit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.util.Optional;

@ConfigMapping(prefix = "xfchat.limit")
public interface LimitConfig {
    /** Off: nothing is counted and nobody is refused. */
    boolean enabled();

    /** The proxies that say truly for whom they ask: how many there are, or their addresses and networks, with commas. */
    Optional<String> trustedProxies();

    /** Per address. */
    Rate signUp();

    /** Attempts, per address. */
    Rate logIn();

    /** Per user. */
    Rate friendRequest();

    /** Per user, those that are refused for another reason included. */
    Rate message();

    /** Per user. */
    Rate typing();

    /** How long a message waits for its turn before it is refused; well below the request's deadline. */
    @WithDefault("2S")
    Duration messageWait();

    /** Messages that wait for their turn at the same time, of one user and of all; more are refused at once. */
    @Positive
    @WithDefault("200")
    int waitingPerUser();

    @Positive
    @WithDefault("10000")
    int waiting();

    /** Wrong passwords for one account from one address, and for one account, within {@link #failureWindow}. */
    @Positive
    @WithDefault("10")
    int failures();

    @Positive
    @WithDefault("100")
    int failuresPerAccount();

    @WithDefault("15M")
    Duration failureWindow();

    /** How often counts of failures that have run out are removed. */
    Duration sweepEvery();

    /** Open streams on one replica, of one user and of all. */
    @Positive
    @WithDefault("100")
    int streamsPerUser();

    @Positive
    @WithDefault("20000")
    int streams();

    /** Bodies that are on their way, to one replica: of one user, from one address, and of all. */
    @Positive
    @WithDefault("50")
    int bodiesPerUser();

    @Positive
    @WithDefault("500")
    int bodiesPerAddress();

    @Positive
    @WithDefault("5000")
    int bodies();

    /** Callers that are remembered, for each action. */
    @Positive
    @WithDefault("20000")
    int callers();

    /** A bucket of tokens, one for each request. */
    interface Rate {
        /** Tokens in a full bucket. */
        @Positive
        int burst();

        /** How long an empty bucket takes to be full again; it fills steadily. */
        Duration period();
    }
}
