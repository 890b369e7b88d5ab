package org.xfchat.stream;

import java.util.UUID;

/** A user's stream is open. Observed on its event loop: observers must not block. */
public record StreamOpened(UUID userId) {}
