package org.xfchat.faults;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.faults.Cluster.Account;
import org.xfchat.faults.History.Answer;
import org.xfchat.faults.History.Call;
import org.xfchat.faults.Load.Message;

/**
 * Sends one message after the other, most of them good ones. What is not acknowledged it sends again, to the next replica, or gives
 * up; some it sends to two at once, and for some answers it does not wait.
 */
final class Writer {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** An acknowledged message and what the answer said of it. */
    private record Known(Message message, @Nullable String version) {}

    private final Load load;
    private final Scene scene;
    private final int number;
    private final Random random;
    private final List<Message> again;
    private int count;
    private int replica;

    /** The newest of its own that was acknowledged; null at first. */
    private @Nullable Known known;

    Writer(Load load, Scene scene, int number, long seed, List<Message> again) {
        this.load = load;
        this.scene = scene;
        this.number = number;
        this.random = new Random(seed);
        this.again = again;
        this.replica = number;
    }

    void write() {
        try {
            for (Message message : again) {
                insist(message);
            }
            while (!load.isStopped(Duration.ofMillis(5 + random.nextInt(30)))) {
                if (random.nextInt(8) == 0) {
                    load.send(improper(), port(), PATIENCE);
                } else {
                    insist(proper());
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of its replica, directly or through the network that can be bad. */
    private int port() {
        List<Replica> replicas = load.cluster().replicas();
        Replica mine = replicas.get(Math.floorMod(replica, replicas.size()));
        return random.nextBoolean() ? mine.port() : mine.clients().port();
    }

    private Account member() {
        return scene.members().get(random.nextInt(scene.members().size()));
    }

    /** Half of the writers stay in one, so that they go on while another one is held. */
    private UUID conversation() {
        int at = number % 2 == 0
                ? number / 2
                : random.nextInt(scene.conversations().size());
        return scene.conversations().get(at % scene.conversations().size());
    }

    private Message proper() {
        UUID conversation = conversation();
        count++;
        // What ends lines, escapes and frames.
        String content = "\u00fc\uD83D\uDE00 \u2028\"\\\r\n\ndata: {}\n" + number + "." + count + " "
                + "x".repeat(random.nextInt(random.nextInt(40) == 0 ? 8_000 : 60));
        String version = random.nextInt(4) == 0 ? "v" + random.nextInt() + "-" + number + "." + count : null;
        Known before = known;
        String parents =
                before != null && before.message().conversation().equals(conversation) && random.nextInt(3) == 0
                        ? before.version()
                        : null;
        UUID id = new UUID(random.nextLong(), random.nextLong());
        return new Message(conversation, id, content, true, member(), version, parents);
    }

    /** Something that has to be refused, whatever happens. */
    private Message improper() {
        UUID conversation = conversation();
        UUID id = new UUID(random.nextLong(), random.nextLong());
        String content = "not to be stored " + id;
        Known before = known;
        if (before != null && random.nextBoolean()) {
            return taken(before, id, content);
        }
        return switch (random.nextInt(4)) {
            case 0 -> new Message(conversation, id, "", false, member(), null, null);
            case 1 -> new Message(conversation, id, content, false, scene.stranger(), null, null);
            case 2 -> new Message(conversation, id, content, false, member(), null, "unknown " + id);
            default -> new Message(conversation, conversation, content, false, member(), null, null);
        };
    }

    /** What was acknowledged before, with something else: the content, the id, the conversation. */
    private Message taken(Known before, UUID id, String content) {
        Message first = before.message();
        return switch (random.nextInt(3)) {
            case 0 -> new Message(first.conversation(), first.id(), content, false, first.sender(), null, null);
            case 1 -> new Message(first.conversation(), id, content, false, member(), before.version(), null);
            default -> {
                UUID other = scene.conversations().stream()
                        .filter(each -> !each.equals(first.conversation()))
                        .findFirst()
                        .orElseThrow();
                yield new Message(other, first.id(), content, false, first.sender(), null, null);
            }
        };
    }

    private void insist(Message message) throws InterruptedException {
        if (random.nextInt(30) == 0) {
            sendTwice(message);
        }
        // Some do not wait, and some give up.
        int attempts = random.nextInt(6) == 0 ? 1 + random.nextInt(3) : Integer.MAX_VALUE;
        for (int i = 0; i < attempts; i++) {
            Duration patience = random.nextInt(30) == 0 ? Duration.ofMillis(1 + random.nextInt(20)) : PATIENCE;
            Call call = load.send(message, port(), patience);
            if (call.answer() == Answer.STORED) {
                known = new Known(message, call.version());
                return;
            }
            if (call.status() / 100 == 4 && call.status() != 429) {
                return;
            }
            replica++;
            if (load.isStopped(Duration.ofMillis(10 + random.nextInt(60)))) {
                return;
            }
        }
    }

    /** The same to another replica while the first one has it. */
    private void sendTwice(Message message) throws InterruptedException {
        int port = port();
        Thread other = new Thread(() -> {
            try {
                load.send(message, port, PATIENCE);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        other.setDaemon(true);
        other.start();
        replica++;
        load.send(message, port(), PATIENCE);
        other.join(PATIENCE.plusSeconds(5).toMillis());
        if (other.isAlive()) {
            throw new AssertionError("a call of " + message.id() + " does not end");
        }
    }
}
