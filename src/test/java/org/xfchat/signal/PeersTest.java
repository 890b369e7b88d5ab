package org.xfchat.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whether anybody hears what a replica says. */
class PeersTest extends WithReplicas {
    private static final Signals.Rhythm QUICK =
            new Signals.Rhythm(Duration.ofSeconds(1), Duration.ofMillis(200), Duration.ofSeconds(1));

    private Replica replica() {
        return replica(true, QUICK);
    }

    @Test
    void mayBeHeardAsLongAsThereIsAnother() {
        Replica one = replica();
        assertThat(one.signals().mayBeHeard()).as("before anybody knows").isTrue();
        start(one);
        patiently().until(() -> !one.signals().mayBeHeard());
        Replica other = replica();
        start(other);
        patiently().until(one.signals()::mayBeHeard);
        assertThat(other.signals().mayBeHeard()).isTrue();
        other.close();
        patiently().until(() -> !one.signals().mayBeHeard());
        terminateListener();
        patiently()
                .untilAsserted(() -> assertThat(one.signals().mayBeHeard())
                        .as("while it hears nothing")
                        .isTrue());
        patiently().until(() -> !one.signals().mayBeHeard());
    }
}
