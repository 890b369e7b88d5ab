package org.xfchat.packaged;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.xfchat.testing.Extent;
import org.xfchat.testing.Service;

/**
 * A service of 256 MiB that the tests of a class attack. During each of them {@linkplain Strangers strangers} are served; after
 * each, when those who attacked are gone, nothing is held for them; and after all everything {@linkplain VitalSigns is as it was}.
 */
final class Attacked implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Map<String, String> settings;
    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable Replicas replicas;
    private @Nullable VitalSigns signs;
    private @Nullable Strangers strangers;

    /** @param settings beside those of a new installation, with its limits; who leaves is offline at once */
    Attacked(Map<String, String> settings) {
        this.settings = new HashMap<>(Map.of(
                "LIMITS",
                "on",
                "XFCHAT_PRESENCE_GRACE",
                Extent.of("0.1S", "1S"),
                "XFCHAT_PRESENCE_WRITE_EVERY",
                Extent.of("0.1S", "0.5S")));
        this.settings.putAll(settings);
    }

    private static <T> T begun(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("not begun yet");
        }
        return part;
    }

    Replicas replicas() {
        return begun(replicas);
    }

    Service service() {
        return replicas().get(0);
    }

    Client client() {
        return new Client(service());
    }

    VitalSigns signs() {
        return begun(signs);
    }

    Strangers strangers() {
        return begun(strangers);
    }

    double metric(String name) {
        return signs().metric(name);
    }

    /** A connection that is closed after the test, if not before. */
    RawConnection connect() {
        return closing(new RawConnection(service()));
    }

    /** The same with a request. */
    RawConnection connect(byte[] request) {
        RawConnection connection = connect();
        connection.send(request);
        return connection;
    }

    RawConnection connect(String request) {
        RawConnection connection = connect();
        connection.send(request);
        return connection;
    }

    /** Something else that is closed after the test. */
    <T extends AutoCloseable> T closing(T client) {
        open.add(client);
        return client;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        replicas = Replicas.start(1, settings);
        // Everything that is made when it is first used.
        try (Strangers first = Strangers.meet(replicas)) {
            first.areServed();
            strangers = first;
        }
        signs = new VitalSigns(service());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        strangers = strangers().again();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        try (Strangers served = strangers()) {
            served.areServed();
            for (AutoCloseable client : open) {
                client.close();
            }
            served.areServed();
            served.leave();
        }
        signs().nothingIsHeld();
        await("nobody is online any more")
                .atMost(SOON)
                .until(
                        () -> replicas().server().ask(replicas().database(), "select count(*) from presence"),
                        List.of("0")::equals);
        open.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        try {
            signs().areBack();
        } finally {
            replicas().close();
        }
    }
}
