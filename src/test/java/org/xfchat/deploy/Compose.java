package org.xfchat.deploy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file for Docker Compose: the fields that are used here, under the names of the Compose Specification. */
record Compose(String name, Map<String, Service> services, Map<String, @Nullable Object> volumes) {

    record Service(
            String image,
            @Nullable List<String> command,
            @Nullable List<String> profiles,
            String restart,
            String user,
            Map<String, String> environment,
            Map<String, Condition> depends_on,
            @Nullable Healthcheck healthcheck,
            @Nullable List<String> ports,
            @Nullable String network_mode,
            @Nullable List<String> volumes,
            @Nullable String stop_grace_period,
            @Nullable Boolean init,
            @Nullable String shm_size,
            String mem_limit,
            boolean read_only,
            List<String> tmpfs,
            List<String> cap_drop,
            List<String> security_opt) {
        Service {
            environment = environment == null ? Map.of() : environment;
            depends_on = depends_on == null ? Map.of() : depends_on;
        }
    }

    record Condition(String condition, @Nullable Boolean restart) {}

    record Healthcheck(
            List<String> test,
            String interval,
            String timeout,
            int retries,
            @Nullable String start_period,
            @Nullable String start_interval) {}
}
