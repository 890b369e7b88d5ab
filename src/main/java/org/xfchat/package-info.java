/**
 * The process: its commands, its settings, and the one line that a failed start ends with.
 *
 * <p>Invariants: every setting is validated by name before anything is touched; no setting's secret is printed. Whatever
 * prevents the start ends the process with a status other than 0 within seconds.
 *
 * <p>Lifecycle: {@link org.xfchat.Main}. Failures: one {@code [STARTUP] failed:} line. Not owned: everything else.
 */
@NullMarked
package org.xfchat;

import org.jspecify.annotations.NullMarked;
