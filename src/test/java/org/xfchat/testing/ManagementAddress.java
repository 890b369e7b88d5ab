package org.xfchat.testing;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a packaged service has what operators read. */
public final class ManagementAddress {
    private static final Pattern PORT = Pattern.compile("\\[STARTUP] metrics and probes on port (\\d+)");

    private ManagementAddress() {}

    /** The port that it says. */
    public static int port(Service service) {
        return service.lines().stream()
                .map(PORT::matcher)
                .filter(Matcher::find)
                .map(found -> Integer.parseInt(found.group(1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no management port in " + service.lines()));
    }

    public static URI uri(Service service, String path) {
        return URI.create("http://127.0.0.1:" + port(service) + path);
    }
}
