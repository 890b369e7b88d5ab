package org.xfchat.limit;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** Limits that a test reaches, and a proxy on this machine, so that each test calls from an address of its own. */
public class Limits implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.ofEntries(
                Map.entry("xfchat.auth.refusal-floor", "1MS"),
                Map.entry("xfchat.limit.enabled", "true"),
                Map.entry("xfchat.limit.trusted-proxies", "127.0.0.0/8,::1"),
                Map.entry("xfchat.limit.sign-up", "3/1h"),
                Map.entry("xfchat.limit.log-in", "12/5m"),
                Map.entry("xfchat.limit.friend-request", "3/1h"),
                Map.entry("xfchat.limit.typing", "3/1h"),
                Map.entry("xfchat.limit.message", "40/2s"),
                Map.entry("xfchat.limit.message-wait", "1s"),
                Map.entry("xfchat.limit.failures", "3"),
                Map.entry("xfchat.limit.failures-per-account", "7"),
                Map.entry("xfchat.limit.streams-per-user", "2"));
    }
}
