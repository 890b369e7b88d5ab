package org.xfchat.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What {@code kubectl kustomize} makes of a folder. Where kubectl is missing, the test that asks is skipped. */
final class Kustomize {
    private static final Map<Path, String> RENDERED = new ConcurrentHashMap<>();

    private Kustomize() {}

    static List<Object> render(Path folder) {
        return Manifests.parse(text(folder));
    }

    static String text(Path folder) {
        assumeTrue(installed(), "kubectl is not installed: it renders what is deployed");
        return RENDERED.computeIfAbsent(folder, Kustomize::run);
    }

    private static boolean installed() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(path -> !path.isEmpty() && Files.isExecutable(Path.of(path, "kubectl")));
    }

    private static String run(Path folder) {
        try {
            Path errors = Files.createTempFile("kustomize", ".txt");
            Process kubectl = new ProcessBuilder("kubectl", "kustomize", folder.toString())
                    .redirectError(errors.toFile())
                    .start();
            String output = new String(kubectl.getInputStream().readAllBytes(), UTF_8);
            if (!kubectl.waitFor(1, TimeUnit.MINUTES) || kubectl.exitValue() != 0) {
                throw new AssertionError(folder + ": " + Files.readString(errors));
            }
            Files.delete(errors);
            return output;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
