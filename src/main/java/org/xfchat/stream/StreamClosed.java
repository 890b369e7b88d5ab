package org.xfchat.stream;

import java.util.UUID;

/** A user's stream has ended, however. Observed on its event loop: observers must not block. */
public record StreamClosed(UUID userId) {}
