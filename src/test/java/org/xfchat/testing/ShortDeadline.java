package org.xfchat.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** Every request is answered within a second. */
public class ShortDeadline implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("xfchat.http.deadline", "1S");
    }
}
