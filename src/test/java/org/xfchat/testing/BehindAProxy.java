package org.xfchat.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** As a browser reaches it: through a proxy on this machine, from pages of two other origins. Refusals are answered at once. */
public class BehindAProxy implements QuarkusTestProfile {
    public static final String CHAT = "https://chat.example.com";
    public static final String OTHER_PORT = "http://localhost:8081";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "TRUSTED_PROXIES", "127.0.0.0/8,::1",
                "CORS_ORIGINS", CHAT + ", " + OTHER_PORT,
                "xfchat.auth.refusal-floor", "1MS");
    }
}
