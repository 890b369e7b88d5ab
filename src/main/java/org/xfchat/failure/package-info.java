/**
 * What failed and must not end anything: threads, queues and streams that go on whatever happens to one of their steps.
 *
 * <p>Invariants: whoever catches everything reports it here, where it is counted and logged once, and leaves a state in which
 * the next attempt works. Lifecycle and failures: none. Not owned: failures that are expected, such as a database that is
 * away, which their owners know.
 */
@NullMarked
package org.xfchat.failure;

import org.jspecify.annotations.NullMarked;
