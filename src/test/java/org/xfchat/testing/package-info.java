/**
 * What tests share: a real PostgreSQL, people who use the service, the packaged service as a process, and readers of its streams
 * that were written from the specifications and share no code with it.
 *
 * <p>Each test makes its own users and survives alone and in parallel with others.
 */
@NullMarked
package org.xfchat.testing;

import org.jspecify.annotations.NullMarked;
