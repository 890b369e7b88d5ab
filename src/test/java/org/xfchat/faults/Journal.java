package org.xfchat.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/** What was done when; printed, and kept in a file. */
final class Journal {
    private final Path folder;
    private final Path file;
    private final long start = System.nanoTime();

    /** In {@code target/faults}. */
    Journal(long seed) {
        try {
            folder = Files.createDirectories(Path.of("target", "faults"));
            file = folder.resolve("seed-" + seed + ".log");
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Path folder() {
        return folder;
    }

    Path file() {
        return file;
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** A moment of {@link System#nanoTime} as the lines have it. */
    String at(long nanos) {
        return "%.3f s".formatted((nanos - start) / 1e9);
    }

    void write(String line) {
        String timed = at(System.nanoTime()) + "  " + line;
        System.out.println(timed);
        try {
            Files.write(file, List.of(timed), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
