package org.xfchat.stream;

import java.time.Duration;
import java.util.Map;

/**
 * How a stream begins and stays alive.
 *
 * @param kind what it is to metrics: {@code braid}, {@code sse}, {@code room}, {@code realtime}
 * @param status 200 or 209
 * @param headers response headers by name, beside those that every stream has
 * @param greeting the first characters of the body, 7-bit, which carry the head to the client; never empty
 * @param heartbeat characters, 7-bit, that mean nothing
 * @param every the time between heartbeats
 */
public record ResponseHead(
        String kind, int status, Map<String, String> headers, String greeting, String heartbeat, Duration every) {}
