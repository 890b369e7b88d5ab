package org.xfchat.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the suites are told of a binary that was built before. */
class NativeBinaryTest {
    @TempDir
    Path folder;

    private Path binary() throws IOException {
        Path binary = Files.createFile(folder.resolve("xfchat-runner"));
        assertThat(binary.toFile().setExecutable(true)).isTrue();
        return binary;
    }

    @Test
    void isItsPlaceWhereverItIs() throws IOException {
        Path binary = binary();
        Path artifact = folder.resolve("target/quarkus-artifact.properties");
        Path fromHere = Path.of("").toAbsolutePath().relativize(binary.toAbsolutePath());
        for (Path path : List.of(binary.toAbsolutePath(), fromHere)) {
            assertThat(NativeBinary.tell(artifact, path.toString())).isEqualTo(binary.toAbsolutePath());
            Properties told = new Properties();
            try (InputStream in = Files.newInputStream(artifact)) {
                told.load(in);
            }
            assertThat(told).containsOnlyKeys("type", "path").containsEntry("type", "native");
            assertThat(Path.of(told.getProperty("path"))).isAbsolute().isEqualTo(binary.toAbsolutePath());
        }
        try (var files = Files.list(artifact.getParent())) {
            assertThat(files).containsExactly(artifact);
        }
    }

    @Test
    void isRefusedInALineWhereNothingCanBeRun() throws IOException {
        Path artifact = folder.resolve("quarkus-artifact.properties");
        Path plain = Files.createFile(folder.resolve("plain"));
        for (Path path : List.of(folder.resolve("missing"), folder, plain)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> NativeBinary.tell(artifact, path.toString()))
                    .withMessage("-Dnative.binary: not a file that can be run: %s", path.toAbsolutePath());
        }
        assertThat(artifact).doesNotExist();
    }
}
