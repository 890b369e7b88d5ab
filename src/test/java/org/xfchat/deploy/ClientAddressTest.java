package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.xfchat.limit.TrustedProxies;

/** Nothing that is shipped trusts a network in which clients may be. */
class ClientAddressTest {
    private static final Pattern TRUSTED =
            Pattern.compile("(?m)^[^#\\n]*TRUSTED_PROXIES(?:=|: )(?:\\$\\{TRUSTED_PROXIES:-)?([^}\\n]*)");
    private static final Pattern WIDER_THAN_A_HOST = Pattern.compile("/(?!32\\b|128\\b)\\d+");

    private static Stream<Path> files() {
        try (Stream<Path> files = Files.walk(Manifests.DEPLOY)) {
            return files
                    .filter(file -> file.toString().matches(".*\\.(yaml|yml|conf|cfg|env|sh)"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Stream<String> trusted(Path file) {
        try {
            Matcher trusted = TRUSTED.matcher(Files.readString(file));
            return trusted.results().map(found -> found.group(1)).toList().stream();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void isNobodysToChoose() {
        List<String> all = files().flatMap(ClientAddressTest::trusted).toList();
        assertThat(all).as("Compose, staging, production").hasSize(3);
        assertThat(all).allSatisfy(value -> {
            assertThat(WIDER_THAN_A_HOST.matcher(value).find()).as(value).isFalse();
            assertThat(TrustedProxies.parse(value)).isNotNull();
        });
    }
}
