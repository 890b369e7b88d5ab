package org.xfchat.limit;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** Limits that a test reaches, and a proxy on this machine, so that each test calls from an address of its own. */
public class Limits implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.ofEntries(
                Map.entry("xfchat.limit.enabled", "true"),
                Map.entry("xfchat.limit.trusted-proxies", "127.0.0.0/8,::1"),
                Map.entry("xfchat.limit.sign-up.burst", "3"),
                Map.entry("xfchat.limit.log-in.burst", "12"),
                Map.entry("xfchat.limit.friend-request.burst", "3"),
                Map.entry("xfchat.limit.typing.burst", "3"),
                Map.entry("xfchat.limit.typing.period", "1H"),
                Map.entry("xfchat.limit.message.burst", "40"),
                Map.entry("xfchat.limit.message.period", "2s"),
                Map.entry("xfchat.limit.message-wait", "1s"),
                Map.entry("xfchat.limit.failures", "3"),
                Map.entry("xfchat.limit.failures-per-account", "7"),
                Map.entry("xfchat.limit.streams-per-user", "2"));
    }
}
