package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of deploy/proxy, as far as it can be seen without the programs; packaged.ProxiesIT runs them. */
class ProxyExamplesTest {
    private static final Path FOLDER = Path.of("deploy", "proxy");
    private static final Pattern ROOTS = Pattern.compile("/\\(([a-z|]+)\\)");

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList().stream();
        }
    }

    @Test
    void areThese() throws IOException {
        assertThat(files().map(file -> file.getFileName().toString()))
                .containsExactly("Caddyfile", "envoy.yaml", "haproxy.cfg", "nginx.conf");
    }

    /** Those of the Ingress and of the HTTPRoute. */
    @ParameterizedTest
    @MethodSource("files")
    void passOnTheAddressesOfTheApiAndNothingElse(Path file) throws IOException {
        List<MatchResult> allowed =
                ROOTS.matcher(Files.readString(file)).results().toList();
        assertThat(allowed).hasSize(1);
        assertThat(allowed.get(0).group(1).split("\\|", -1))
                .extracting(root -> "/" + root)
                .containsExactlyInAnyOrderElementsOf(NetworkTest.publicRoots());
    }

    @ParameterizedTest
    @MethodSource("files")
    void speakToTheServicesOwnPort(Path file) throws IOException {
        assertThat(Files.readString(file))
                .contains(String.valueOf(Application.port()))
                .doesNotContain(String.valueOf(Application.managementPort()));
    }
}
