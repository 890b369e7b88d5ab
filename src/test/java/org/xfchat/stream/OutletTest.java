package org.xfchat.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Inject;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.xfchat.memory.ClientMemory;
import org.xfchat.memory.Reservation;
import org.xfchat.testing.TestDatabase;

/** What waits on a socket is counted, and given back when it is taken or never will be. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class OutletTest {
    private static final long STALL = Duration.ofSeconds(30).toNanos();
    private static final int LARGE = 3 * Outlet.SLICE + 1;

    @Inject
    ClientMemory memory;

    private final UUID reader = UUID.randomUUID();
    private final List<Integer> written = new ArrayList<>();
    private final Deque<Promise<Void>> waiting = new ArrayDeque<>();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private boolean takesAtOnce;

    /** A socket that takes what is written when the test says so. */
    private HttpServerResponse socket() {
        return (HttpServerResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServerResponse.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "write" -> write((Buffer) arguments[0]);
                    case "writeQueueFull" -> false;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private Future<Void> write(Buffer bytes) {
        written.add(bytes.length());
        if (takesAtOnce) {
            return Future.succeededFuture();
        }
        Promise<Void> promise = Promise.promise();
        waiting.add(promise);
        return promise.future();
    }

    private Outlet outlet() {
        return new Outlet(socket(), () -> memory.reservation(reader), taken::incrementAndGet, lost::incrementAndGet);
    }

    private Reservation reservation(int bytes) {
        Reservation reservation = memory.reservation(reader);
        reservation.resize(bytes);
        return reservation;
    }

    private static boolean isStalled(Outlet outlet, long later) {
        return outlet.isStalled(System.nanoTime() + later, STALL);
    }

    @Test
    void whatIsTakenAtOnceCountsNothing() {
        takesAtOnce = true;
        Outlet outlet = outlet();
        outlet.write(Buffer.buffer("small"));
        outlet.write(Buffer.buffer(new byte[LARGE]), reservation(LARGE));
        assertThat(written).containsExactly(5, Outlet.SLICE, Outlet.SLICE, Outlet.SLICE, 1);
        assertThat(memory.used()).isZero();
        assertThat(isStalled(outlet, 2 * STALL)).isFalse();
        assertThat(outlet.isFree()).isTrue();
    }

    @Test
    void aSmallThingCountsUntilItIsTaken() {
        Outlet outlet = outlet();
        outlet.write(Buffer.buffer("small"));
        assertThat(memory.used()).isPositive();
        assertThat(isStalled(outlet, STALL + 1)).isTrue();
        waiting.remove().complete();
        assertThat(memory.used()).isZero();
        assertThat(isStalled(outlet, 2 * STALL)).isFalse();
    }

    /** However long all of it takes. */
    @Test
    void aLargeOneIsNotStalledWhileSlicesAreTaken() {
        Outlet outlet = outlet();
        outlet.write(Buffer.buffer(new byte[LARGE]), reservation(LARGE));
        assertThat(outlet.isFree()).isFalse();
        for (int slice = 1; slice < 4; slice++) {
            assertThat(written).hasSize(slice);
            assertThat(memory.used()).isGreaterThanOrEqualTo(LARGE);
            assertThat(isStalled(outlet, STALL + 1)).isTrue();
            waiting.remove().complete();
            assertThat(isStalled(outlet, STALL / 2)).isFalse();
        }
        assertThat(taken).hasValue(0);
        waiting.remove().complete();
        assertThat(taken).hasValue(1);
        assertThat(memory.used()).isZero();
        assertThat(outlet.isFree()).isTrue();
    }

    @Test
    void givesEverythingBackWhenItIsClosed() {
        Outlet outlet = outlet();
        outlet.write(Buffer.buffer("small"));
        outlet.write(Buffer.buffer(new byte[LARGE]), reservation(LARGE));
        outlet.close();
        assertThat(memory.used()).isZero();
        outlet.write(Buffer.buffer(new byte[LARGE]), reservation(LARGE));
        assertThat(memory.used()).as("written to afterwards").isZero();
        waiting.forEach(each -> each.fail("cut"));
        assertThat(memory.used()).isZero();
        assertThat(lost).as("known by then").hasValue(0);
    }

    @Test
    void tellsWhenSomethingCannotBeWritten() {
        Outlet outlet = outlet();
        outlet.write(Buffer.buffer("small"));
        waiting.remove().fail("gone");
        assertThat(lost).hasValue(1);
    }

    @Test
    void takesOneLargeThingAtATime() {
        Outlet outlet = outlet();
        outlet.write(Buffer.buffer(new byte[LARGE]), reservation(LARGE));
        Reservation second = reservation(LARGE);
        assertThatIllegalStateException().isThrownBy(() -> outlet.write(Buffer.buffer(new byte[LARGE]), second));
        outlet.close();
        assertThat(memory.used()).isZero();
    }

    @Test
    void theLastThingIsDoneWhenEverythingIsTaken() {
        AtomicInteger done = new AtomicInteger();
        Outlet outlet = outlet();
        outlet.write(Buffer.buffer("small"));
        outlet.write(Buffer.buffer("small too"));
        outlet.whenTaken(done::incrementAndGet);
        waiting.remove().complete();
        assertThat(done).hasValue(0);
        waiting.remove().complete();
        assertThat(done).hasValue(1);
        outlet.whenTaken(done::incrementAndGet);
        assertThat(done).as("at once").hasValue(2);
    }

    @Test
    void theLastThingIsNotDoneForWhoIsGone() {
        AtomicInteger done = new AtomicInteger();
        Outlet outlet = outlet();
        outlet.write(Buffer.buffer("small"));
        outlet.whenTaken(done::incrementAndGet);
        outlet.close();
        waiting.remove().fail("gone");
        assertThat(done).hasValue(0);
    }
}
