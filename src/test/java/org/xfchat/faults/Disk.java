package org.xfchat.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Where PostgreSQL keeps its data: small and in memory where this user may mount such a thing, so that it can be full. */
final class Disk implements AutoCloseable {
    private final Path folder;
    private final String missing;

    private Disk(Path folder, String missing) {
        this.folder = folder;
        this.missing = missing;
    }

    /** An empty one of so many megabytes. */
    static Disk of(int megabytes) {
        try {
            Path folder = Files.createTempDirectory("xfchat-faults");
            String refusal = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString());
            return new Disk(folder, refusal);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What a command says that fails; empty where it does not. */
    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(command[0] + " hangs");
            }
            return process.exitValue() == 0 ? "" : command[0] + " says: " + output.strip();
        } catch (IOException absent) {
            return absent.toString();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    Path folder() {
        return folder;
    }

    /** Why it cannot be full; empty where it can. */
    String missing() {
        return missing;
    }

    /** Takes all the space that is left. */
    void fill() {
        byte[] block = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(ballast())) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (!full.toString().contains("No space left")) {
                throw new UncheckedIOException(full);
            }
        }
    }

    /** Gives it back. */
    void free() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    /** Gives it up; whatever was on it is gone or deleted already. */
    @Override
    public void close() {
        if (missing.isEmpty()) {
            String refusal = run("umount", folder.toString());
            if (!refusal.isEmpty()) {
                throw new IllegalStateException(refusal);
            }
        }
        folder.toFile().delete();
    }
}
