/**
 * What a client sends in the body of a request: received without a thread, then read as strict JSON.
 *
 * <p>Invariants: no body is read by a thread that waits for it. It is received on the event loop, into memory that is counted
 * before it is taken ({@code org.xfchat.memory}), after whoever sends it is known and before a worker is asked for; only so
 * many are on their way at a time, of a user, from an address and in all ({@link org.xfchat.limit.BodyQuota}). The request's
 * deadline ends that too. Where nobody takes a body, at an unknown address for instance, or nobody can, for it is no JSON, it is
 * not read at all. What is wrong with one that has arrived is said after everything that the account and the address
 * decide.
 *
 * <p>Of a connection of HTTP/1.1 only a few requests are read while one of it is not answered, which a stream never is; those
 * that are read wait in counted memory ({@link org.xfchat.body.Pipelining}). HTTP/2 says how many streams it takes.
 *
 * <p>Of connections that are new only a few are read before all others are read again ({@link
 * org.xfchat.body.NewConnections}): who comes back with thousands keeps nobody waiting who is connected.
 *
 * <p>Lifecycle: what a body holds is given back when its request is answered, or when its client is gone. Failures: {@code
 * TOO_LARGE}, {@code TOO_MANY_REQUESTS}, {@code BUSY}, {@code UNAVAILABLE} and {@code INVALID_REQUEST} while it is received;
 * {@code UNSUPPORTED_MEDIA_TYPE}, {@code INVALID_JSON} and {@code UNPROCESSABLE} when it is read. Not owned: what the fields
 * mean; that is the resource's.
 */
@NullMarked
package org.xfchat.body;

import org.jspecify.annotations.NullMarked;
