package org.xfchat;

import io.quarkus.info.runtime.spi.InfoContributor;
import jakarta.inject.Singleton;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What {@code /q/info} says beside the commit. The framework's own would have the time of the build, different each time. */
@Singleton
class BuildInfo implements InfoContributor {
    private final Map<String, Object> data;

    BuildInfo(
            @ConfigProperty(name = "quarkus.application.name") String name,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.data = Map.of("name", name, "version", version);
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
