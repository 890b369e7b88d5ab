package org.xfchat.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The headers of answers that come by the filters are those of answers that do not. */
class ConstantHeadersTest {
    private static final String PREFIX = "quarkus.http.header.\"";
    private static final String SUFFIX = "\".value";

    @Test
    void standInTheSettingsAsInTheCode() throws IOException {
        Properties settings = new Properties();
        try (Reader file = Files.newBufferedReader(
                Path.of("src", "main", "resources", "application.properties"), StandardCharsets.UTF_8)) {
            settings.load(file);
        }
        Map<String, String> configured = new HashMap<>();
        for (String key : settings.stringPropertyNames()) {
            if (key.startsWith(PREFIX) && key.endsWith(SUFFIX)) {
                configured.put(
                        key.substring(PREFIX.length(), key.length() - SUFFIX.length()), settings.getProperty(key));
            }
        }
        assertThat(configured).isEqualTo(BareAnswers.CONSTANT_HEADERS);
    }
}
