package org.xfchat.signal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Two lists: what is to be said, what was heard. */
final class Mailbox {
    final Queue<String> out = new ConcurrentLinkedQueue<>();
    final Queue<String> in = new ConcurrentLinkedQueue<>();
    final Signals.Topic topic;

    Mailbox(Signals signals, String name, Duration coalesce) {
        topic = signals.topic(name, coalesce, this::drain, in::add);
    }

    void say(String... texts) {
        out.addAll(List.of(texts));
        topic.changed();
    }

    private List<String> drain() {
        List<String> drained = new ArrayList<>();
        for (String text = out.poll(); text != null; text = out.poll()) {
            drained.add(text);
        }
        return drained;
    }
}
