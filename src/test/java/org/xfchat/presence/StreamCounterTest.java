package org.xfchat.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StreamCounterTest {
    private static final long GRACE = 100;
    private static final int ALL = Integer.MAX_VALUE;

    private final StreamCounter counter = new StreamCounter(GRACE);
    private final UUID ann = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();

    private void write() {
        counter.written(counter.arrived(ALL));
    }

    private List<UUID> left(long now) {
        return counter.left(now, ALL).stream().map(StreamCounter.Left::user).toList();
    }

    @Test
    void theFirstStreamIsToBeWrittenOnce() {
        counter.opened(ann);
        counter.opened(ann);
        counter.opened(bob);
        assertThat(counter.arrived(1)).containsExactly(ann);
        assertThat(counter.arrived(ALL)).containsExactly(ann, bob);
        counter.written(List.of(ann));
        assertThat(counter.arrived(ALL)).containsExactly(bob);
        write();
        counter.opened(ann);
        assertThat(counter.arrived(ALL)).isEmpty();
        assertThat(counter.size()).isEqualTo(2);
    }

    @Test
    void theLastStreamsEndIsToBeWrittenAfterTheGrace() {
        counter.opened(ann);
        counter.opened(ann);
        write();
        counter.closed(ann, 10);
        assertThat(left(1000)).isEmpty();
        counter.closed(ann, 20);
        assertThat(left(119)).isEmpty();
        assertThat(counter.left(125, ALL)).containsExactly(new StreamCounter.Left(ann, 105));
        assertThat(left(125)).as("not written yet").containsExactly(ann);
        counter.removed(counter.left(125, ALL));
        assertThat(left(1000)).isEmpty();
        assertThat(counter.size()).isZero();
    }

    @Test
    void whoComesBackWithinTheGraceNeverLeft() {
        counter.opened(ann);
        write();
        counter.closed(ann, 0);
        counter.opened(ann);
        assertThat(left(1000)).isEmpty();
        assertThat(counter.arrived(ALL)).isEmpty();
        counter.closed(ann, 950);
        assertThat(left(1000)).isEmpty();
        assertThat(left(1050)).containsExactly(ann);
    }

    @Test
    void whoComesBackWhileBeingRemovedIsToBeWrittenAgain() {
        counter.opened(ann);
        write();
        counter.closed(ann, 0);
        List<StreamCounter.Left> left = counter.left(GRACE, ALL);
        counter.opened(ann);
        counter.removed(left);
        assertThat(counter.arrived(ALL)).containsExactly(ann);
    }

    @Test
    void whoWasNeverWrittenIsForgottenWithoutAWord() {
        counter.opened(ann);
        counter.closed(ann, 0);
        assertThat(counter.arrived(ALL)).as("within the grace").containsExactly(ann);
        assertThat(left(GRACE)).isEmpty();
        assertThat(counter.arrived(ALL)).isEmpty();
        assertThat(counter.size()).isZero();
    }

    @Test
    void everybodyIsToBeWrittenAgainAfterTheReplicaWasTakenForDead() {
        counter.opened(ann);
        counter.opened(bob);
        write();
        counter.closed(bob, 0);
        counter.forgotten();
        assertThat(counter.arrived(ALL)).containsExactlyInAnyOrder(ann, bob);
        write();
        assertThat(left(GRACE)).containsExactly(bob);
    }

    @Test
    void aLimitBoundsWhatIsToBeRemoved() {
        counter.opened(ann);
        counter.opened(bob);
        write();
        counter.closed(bob, 0);
        counter.closed(ann, 1);
        assertThat(counter.left(1000, 1)).extracting(StreamCounter.Left::user).containsExactly(bob);
        assertThat(left(1000)).containsExactlyInAnyOrder(ann, bob).isSorted();
    }

    @Test
    void anEndWithoutABeginningIsIgnored() {
        counter.closed(ann, 0);
        assertThat(left(1000)).isEmpty();
        counter.opened(ann);
        write();
        counter.closed(ann, 0);
        counter.closed(ann, 5);
        counter.opened(ann);
        assertThat(left(1000)).isEmpty();
    }
}
