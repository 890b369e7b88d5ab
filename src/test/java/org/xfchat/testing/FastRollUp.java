package org.xfchat.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** Rolls usage up every second in the packaged service as well, which does not know the test profile. */
public class FastRollUp implements QuarkusTestResourceLifecycleManager {
    @Override
    public Map<String, String> start() {
        return Map.of("xfchat.usage.roll-up-every", "1s");
    }

    @Override
    public void stop() {
        // Nothing was started.
    }
}
