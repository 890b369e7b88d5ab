package org.xfchat;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.TestDatabase;

/**
 * Clients that are generated from the document as it is served, and small programs with them, in src/test/clients. Skipped where
 * the language, or the network that its packages come from, is not there.
 */
@QuarkusTest
@Tag("documents")
@QuarkusTestResource(TestDatabase.class)
class GeneratedClientsTest {
    private static final long MINUTES = 5;

    /** How a package looks that came, but is another one than the lock file has. */
    private static final String FORGED = "(?s).*(EINTEGRITY|DO NOT MATCH THE HASHES).*";

    /** How a program ended, and what it said. */
    private record Ended(int status, String said) {
        Ended successfully() {
            assertThat(status).as(said).isZero();
            return this;
        }
    }

    /** Skips a test where a program is not in {@code PATH}. */
    private static void assume(String program, String comesWith) {
        boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(found, program + " is not installed; it comes with " + comesWith);
    }

    private static void assumeVersion(String program, String comesWith, String version, String... asked) {
        assume(program, comesWith);
        Ended ended = run(Path.of("").toAbsolutePath(), asked);
        assumeTrue(ended.status() == 0, program + " is older than " + version + ": " + ended.said());
    }

    /** Skips a test where packages cannot be fetched; fails it where they are not those of the lock file. */
    private static void fetch(Path folder, String... command) {
        Ended ended = run(folder, command);
        assertThat(ended.said()).doesNotMatch(FORGED);
        assumeTrue(ended.status() == 0, "the packages cannot be fetched: " + ended.said());
    }

    private static Ended run(Path folder, String... command) {
        try {
            Path output = Files.createTempFile("generated-client", ".txt");
            try {
                Process process = new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
                if (!ended) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
                String said = String.join(" ", command) + ": " + Files.readString(output, UTF_8);
                assertThat(ended).as(said).isTrue();
                return new Ended(process.exitValue(), said);
            } finally {
                Files.delete(output);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** A folder with the program, its lock file, and the document as it is served. */
    private static Path prepared(String language) throws IOException {
        Path sources = Path.of("src", "test", "clients", language);
        Path folder =
                Files.createDirectories(Path.of("target", "clients", language)).toAbsolutePath();
        for (Path source : files(sources)) {
            Files.copy(source, folder.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        byte[] document =
                given().get("/q/openapi.json").then().statusCode(200).extract().asByteArray();
        Files.write(folder.resolve("openapi.json"), document);
        return folder;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static String service() {
        return "http://localhost:" + RestAssured.port;
    }

    @Test
    void inTypeScriptReadsMessagesAndTypedRefusals() throws IOException {
        assumeVersion(
                "node", "Node.js", "20", "node", "-e", "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)");
        assume("npm", "Node.js");
        Path folder = prepared("typescript");
        fetch(
                folder,
                "npm",
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--fetch-retries=1",
                "--fetch-timeout=20000");
        String modules = "node_modules";
        run(folder, "node", modules + "/openapi-typescript/bin/cli.js", "openapi.json", "-o", "schema.d.ts")
                .successfully();
        run(folder, "node", modules + "/typescript/bin/tsc", "-p", ".").successfully();
        assertThat(run(folder, "node", "out/client.js", service())
                        .successfully()
                        .said())
                .contains("done");
    }

    @Test
    void inPythonReadsMessagesAndTypedRefusals() throws IOException {
        assumeVersion("python3", "Python", "3.11", "python3", "-c", "import sys; sys.exit(sys.version_info < (3, 11))");
        Path folder = prepared("python");
        Ended environment = run(folder, "python3", "-m", "venv", "environment");
        assumeTrue(environment.status() == 0, "Python has no venv: " + environment.said());
        String python = folder.resolve("environment/bin/python").toString();
        List<String> install = new ArrayList<>(List.of(python, "-m", "pip", "install", "--quiet", "--no-deps"));
        install.addAll(List.of(
                "--require-hashes", "--only-binary=:all:", "--retries=1", "--timeout=20", "-r", "requirements.txt"));
        fetch(folder, install.toArray(String[]::new));
        run(
                        folder,
                        python,
                        "-m",
                        "openapi_python_client",
                        "generate",
                        "--path",
                        "openapi.json",
                        "--meta",
                        "none",
                        "--output-path",
                        "xfchat_client",
                        "--overwrite",
                        "--config",
                        "config.yaml")
                .successfully();
        assertThat(run(folder, python, "client.py", service()).successfully().said())
                .contains("done");
    }
}
