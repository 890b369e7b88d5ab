package org.xfchat.upgrade;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The files of {@code db/upgrade}. */
final class Script {
    private Script() {}

    static String text(String file) {
        try (InputStream content =
                Objects.requireNonNull(Script.class.getClassLoader().getResourceAsStream("db/upgrade/" + file), file)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
