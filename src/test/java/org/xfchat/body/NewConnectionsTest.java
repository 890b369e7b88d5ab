package org.xfchat.body;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Of many connections that come at once a few are read at a time, in their order, and none is forgotten. */
class NewConnectionsTest {
    private static final int FEW = 16;

    private final NewConnections connections = new NewConnections();
    private final List<EmbeddedChannel> accepted = new ArrayList<>();

    @AfterEach
    void close() {
        accepted.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private void accept(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            EmbeddedChannel connection = new EmbeddedChannel(false, false);
            connections.postInitializeServerChildChannel(connection);
            connection.register();
            accepted.add(connection);
        }
    }

    private long read() {
        return accepted.stream()
                .filter(connection -> connection.config().isAutoRead())
                .count();
    }

    /** To what is tested all of them are of one event loop; each has a clock of its own. */
    private void passOneMillisecond() {
        List.copyOf(accepted).forEach(connection -> {
            connection.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            connection.runScheduledPendingTasks();
        });
    }

    @Test
    void aFewAreReadAtOnceAndTheOthersInTheirOrder() throws Exception {
        accept(2 * FEW + 3);
        assertThat(read()).isEqualTo(FEW);
        passOneMillisecond();
        assertThat(read()).isEqualTo(2 * FEW);
        assertThat(accepted.subList(0, 2 * FEW))
                .allMatch(connection -> connection.config().isAutoRead());
        passOneMillisecond();
        assertThat(read()).isEqualTo(2 * FEW + 3);
    }

    /** What only the other end has closed is not seen before it is read. */
    @Test
    void whatIsClosedHereTakesNobodysTurn() throws Exception {
        accept(3 * FEW);
        accepted.subList(FEW, 2 * FEW).forEach(EmbeddedChannel::finishAndReleaseAll);
        passOneMillisecond();
        assertThat(accepted.subList(2 * FEW, 3 * FEW))
                .allMatch(connection -> connection.config().isAutoRead());
    }

    @Test
    void theMoreWaitTheMoreAreReadAtOnce() throws Exception {
        accept(64 * 20 + FEW);
        passOneMillisecond();
        assertThat(read()).isEqualTo(FEW + 20);
    }

    @Test
    void whoComesAloneIsReadAtOnce() throws Exception {
        for (int i = 0; i < 3 * FEW; i++) {
            accept(1);
            passOneMillisecond();
            assertThat(read()).isEqualTo(i + 1);
        }
    }
}
