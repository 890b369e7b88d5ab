/**
 * The last messages of a log, read within the memory that there is for clients.
 *
 * <p>Invariants: a reading takes no more of the text from the database than its reservation has room for. A first look takes
 * little, for which there is nearly always memory; what does not fit into it is only measured then, and read once more,
 * when there is memory for exactly that. Nobody waits for memory while it has a connection.
 *
 * <p>Lifecycle: none. Failures: those of {@code org.xfchat.memory} and of the database. Not owned: what a window is ({@code
 * org.xfchat.log}), and what becomes of it: whoever asked gives the memory back.
 */
@NullMarked
package org.xfchat.window;

import org.jspecify.annotations.NullMarked;
