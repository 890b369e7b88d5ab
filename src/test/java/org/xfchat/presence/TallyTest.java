package org.xfchat.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TallyTest {
    private static final long GRACE = 100;
    private static final int ALL = Integer.MAX_VALUE;

    private final Tally tally = new Tally(GRACE);
    private final UUID ann = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();

    private void write() {
        tally.written(tally.arrived(ALL));
    }

    private List<UUID> left(long now) {
        return tally.left(now, ALL).stream().map(Tally.Left::user).toList();
    }

    @Test
    void theFirstStreamIsToBeWrittenOnce() {
        tally.opened(ann);
        tally.opened(ann);
        tally.opened(bob);
        assertThat(tally.arrived(1)).containsExactly(ann);
        assertThat(tally.arrived(ALL)).containsExactly(ann, bob);
        tally.written(List.of(ann));
        assertThat(tally.arrived(ALL)).containsExactly(bob);
        write();
        tally.opened(ann);
        assertThat(tally.arrived(ALL)).isEmpty();
        assertThat(tally.size()).isEqualTo(2);
    }

    @Test
    void theLastStreamsEndIsToBeWrittenAfterTheGrace() {
        tally.opened(ann);
        tally.opened(ann);
        write();
        tally.closed(ann, 10);
        assertThat(left(1000)).isEmpty();
        tally.closed(ann, 20);
        assertThat(left(119)).isEmpty();
        assertThat(tally.left(125, ALL)).containsExactly(new Tally.Left(ann, 105));
        assertThat(left(125)).as("not written yet").containsExactly(ann);
        tally.removed(tally.left(125, ALL));
        assertThat(left(1000)).isEmpty();
        assertThat(tally.size()).isZero();
    }

    @Test
    void whoComesBackWithinTheGraceNeverLeft() {
        tally.opened(ann);
        write();
        tally.closed(ann, 0);
        tally.opened(ann);
        assertThat(left(1000)).isEmpty();
        assertThat(tally.arrived(ALL)).isEmpty();
        tally.closed(ann, 950);
        assertThat(left(1000)).isEmpty();
        assertThat(left(1050)).containsExactly(ann);
    }

    @Test
    void whoComesBackWhileBeingRemovedIsToBeWrittenAgain() {
        tally.opened(ann);
        write();
        tally.closed(ann, 0);
        List<Tally.Left> left = tally.left(GRACE, ALL);
        tally.opened(ann);
        tally.removed(left);
        assertThat(tally.arrived(ALL)).containsExactly(ann);
    }

    @Test
    void whoWasNeverWrittenIsForgottenWithoutAWord() {
        tally.opened(ann);
        tally.closed(ann, 0);
        assertThat(tally.arrived(ALL)).as("within the grace").containsExactly(ann);
        assertThat(left(GRACE)).isEmpty();
        assertThat(tally.arrived(ALL)).isEmpty();
        assertThat(tally.size()).isZero();
    }

    @Test
    void everybodyIsToBeWrittenAgainAfterTheReplicaWasTakenForDead() {
        tally.opened(ann);
        tally.opened(bob);
        write();
        tally.closed(bob, 0);
        tally.forgotten();
        assertThat(tally.arrived(ALL)).containsExactlyInAnyOrder(ann, bob);
        write();
        assertThat(left(GRACE)).containsExactly(bob);
    }

    @Test
    void aLimitBoundsWhatIsToBeRemoved() {
        tally.opened(ann);
        tally.opened(bob);
        write();
        tally.closed(bob, 0);
        tally.closed(ann, 1);
        assertThat(tally.left(1000, 1)).extracting(Tally.Left::user).containsExactly(bob);
        assertThat(left(1000)).containsExactlyInAnyOrder(ann, bob).isSorted();
    }

    @Test
    void anEndWithoutABeginningIsIgnored() {
        tally.closed(ann, 0);
        assertThat(left(1000)).isEmpty();
        tally.opened(ann);
        write();
        tally.closed(ann, 0);
        tally.closed(ann, 5);
        tally.opened(ann);
        assertThat(left(1000)).isEmpty();
    }
}
