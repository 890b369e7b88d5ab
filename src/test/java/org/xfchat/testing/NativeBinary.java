package org.xfchat.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * {@code -Dnative.binary}: the suites start a binary that was built before, not what this build packages. Before the first test it
 * writes what a native build would have written, which is all that {@link Service} knows of the binary's place. Quarkus' own
 * integration tests learn from it that the package is native, but look for the binary among what was built, unless they are told.
 */
public final class NativeBinary implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        String path = System.getProperty("native.binary");
        if (path != null) {
            System.setProperty("native.image.path", tell(Service.ARTIFACT, path).toString());
        }
    }

    /**
     * Writes into {@code artifact} that the package is this binary, whose absolute path it answers.
     *
     * @param path absolute, or from the build's folder
     * @throws IllegalArgumentException where it is no file that can be run
     */
    static Path tell(Path artifact, String path) {
        Path binary = Path.of(path).toAbsolutePath().normalize();
        if (!Files.isRegularFile(binary) || !Files.isExecutable(binary)) {
            throw new IllegalArgumentException("-Dnative.binary: not a file that can be run: " + binary);
        }
        Properties told = new Properties();
        told.setProperty("type", "native");
        told.setProperty("path", binary.toString());
        try {
            Files.createDirectories(artifact.getParent());
            // Another JVM may read it.
            Path part = Files.createTempFile(artifact.getParent(), "artifact", ".part");
            try (OutputStream out = Files.newOutputStream(part)) {
                told.store(out, "By -Dnative.binary");
            }
            Files.move(part, artifact, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return binary;
    }
}
