package org.xfchat.auth;

import java.time.Instant;
import java.util.UUID;

/**
 * The live account behind a request.
 *
 * @param expires when the token ends, without leeway
 */
public record Caller(UUID id, String username, String email, Instant expires) {}
