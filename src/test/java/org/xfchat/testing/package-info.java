/**
 * What tests share: a real PostgreSQL, people who use the service, and the packaged service as a process.
 *
 * <p>Each test makes its own users and survives alone and in parallel with others.
 */
@NullMarked
package org.xfchat.testing;

import org.jspecify.annotations.NullMarked;
