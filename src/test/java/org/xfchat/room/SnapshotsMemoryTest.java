package org.xfchat.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xfchat.cursor.Feed;
import org.xfchat.cursor.Feeds;
import org.xfchat.memory.ClientMemory;
import org.xfchat.testing.Person;
import org.xfchat.testing.ScarceMemory;
import org.xfchat.testing.TestDatabase;

/** The state of the room that is kept for all must not keep a newer one from being read. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class SnapshotsMemoryTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int LIMIT = 20;

    @Inject
    Snapshots snapshots;

    @Inject
    Room room;

    @Inject
    Feeds feeds;

    @Inject
    ClientMemory memory;

    /** Whether it could be read. */
    private boolean read(Feed feed) {
        AtomicReference<@Nullable Boolean> read = new AtomicReference<>();
        snapshots.read(feed, LIMIT, read::set);
        await().atMost(SOON).until(() -> read.get() != null);
        return Objects.requireNonNull(read.get());
    }

    @Test
    void theOldStateMakesRoomForTheNewOne() {
        Person alice = Person.signUp();
        for (int i = 0; i < LIMIT; i++) {
            RoomTest.say(alice, "short");
        }
        UUID id = room.id();
        Feed feed = feeds.open(id);
        snapshots.follow(LIMIT);
        try {
            assertThat(read(feed)).isTrue();
            assertThat(snapshots.newest(feed, LIMIT, 1)).isNotNull();
            RoomTest.say(alice, "that nobody here was told of");
            try (ScarceMemory scarce = ScarceMemory.small(memory)) {
                assertThat(scarce).isNotNull();
                assertThat(read(feed)).isTrue();
            }
        } finally {
            snapshots.unfollow(LIMIT);
            feed.release();
        }
    }
}
