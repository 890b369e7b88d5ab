package org.xfchat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** No {@code Last-Event-ID} and no {@code Accept} is an error: it names a position that there is, or none. */
class EventIdPropertyTest {
    private static final long MAX = 999_999_999_999_999_999L;

    @Property
    void anIdNamesItsPosition(
            @ForAll @LongRange(min = 0, max = MAX) long seq, @ForAll @IntRange(min = 0, max = 999_999_999) int epoch) {
        String id = ServerSentEvents.id(seq, epoch);
        assertThat(ServerSentEvents.position(id, epoch, seq)).hasValue(seq);
        assertThat(ServerSentEvents.position(id, epoch, seq - 1))
                .as("beyond the end")
                .isEmpty();
        assertThat(ServerSentEvents.position(id, epoch == 0 ? 1 : epoch - 1, seq))
                .as("another epoch")
                .isEmpty();
    }

    @Provide
    Arbitrary<String> ids() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(20),
                Arbitraries.strings().withChars("0123456789-+. ").ofMaxLength(40),
                Arbitraries.of("9", "-", "\u0663").map(text -> text.repeat(5_000)),
                Arbitraries.longs().map(String::valueOf));
    }

    @Property
    void anythingIsAPositionThatThereIsOrNone(
            @ForAll("ids") String id,
            @ForAll @IntRange(min = 0, max = 3) int epoch,
            @ForAll @LongRange(min = 0, max = 1_000) long head) {
        OptionalLong position = ServerSentEvents.position(id, epoch, head);
        position.ifPresent(seq -> assertThat(seq).isBetween(0L, head));
    }

    @Property
    void anAcceptIsNoFault(@ForAll String accept) {
        ServerSentEvents.isAccepted(accept);
        assertThat(ServerSentEvents.isAccepted(accept.replace(",", "") + ", text/event-stream"))
                .isTrue();
        assertThat(ServerSentEvents.isAccepted("text/event-stream;q=0.0," + accept))
                .isFalse();
    }
}
