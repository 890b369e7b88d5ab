package org.xfchat.upgrade;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Says what long work has done: one line at the end of each step, and more of them within a long one. */
public final class Progress {
    private final Consumer<String> say;
    private String step = "";
    private long began;

    /** Says nothing yet; {@code say} takes each line, without a line end. */
    public Progress(Consumer<String> say) {
        this.say = say;
    }

    /** Begins a step. */
    public void begin(String name) {
        step = name;
        began = System.nanoTime();
    }

    /** So much of the step is done. */
    void part(long done, long of) {
        say.accept("%s: %s of %s, %s".formatted(step, TextTable.grouped(done), TextTable.grouped(of), elapsed()));
    }

    /** The step is done. */
    public void end() {
        say.accept(step + ", " + elapsed());
    }

    /** The step is done, with so many rows. */
    public void end(long rows) {
        say.accept("%s: %s rows, %s".formatted(step, TextTable.grouped(rows), elapsed()));
    }

    private String elapsed() {
        return seconds(Duration.ofNanos(System.nanoTime() - began));
    }

    /** A duration in seconds with one decimal. */
    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
