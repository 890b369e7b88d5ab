package org.xfchat;

import io.quarkus.info.runtime.spi.InfoContributor;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What {@code /q/info} says beside the commit. The framework's own would have the time of the build, different each time. */
@Singleton
class BuildInfo implements InfoContributor {
    private static final String VERSION = "META-INF/xfchat-version";

    private final Map<String, Object> data;

    BuildInfo(
            @ConfigProperty(name = "quarkus.application.name") String name,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.data = Map.of("name", name, "version", version);
    }

    /** What the project's build file says, without any start of the framework: {@code 0.1.0}. */
    static String version() {
        try (InputStream version = BuildInfo.class.getClassLoader().getResourceAsStream(VERSION)) {
            if (version == null) {
                throw new IllegalStateException("the artefact does not contain " + VERSION);
            }
            return new String(version.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public String name() {
        return "build";
    }

    @Override
    public Map<String, Object> data() {
        return data;
    }
}
