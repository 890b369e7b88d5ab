/**
 * Who is calling, proven: JSON Web Tokens and password hashes, in plain Java.
 *
 * <p>Invariants: tokens are HS256 and nothing else (RFC 7515; RFC 8725 section 3.1), with the old server's claims, so that
 * clients stay logged in where the secret is kept. A password is never logged or kept; every kind of stored hash is
 * either verified or refused, never an error. Hashing never takes more memory than configured, and whoever waits for it holds
 * no thread: a hundred people who sign up at once on two processors are served in turn, or told when to come back, and
 * nobody else notices.
 *
 * <p>Lifecycle: the threads that hash end with the process, and while nobody needs them. The valid tokens that are remembered
 * end with the process, and with them what an older secret had signed. Failures: {@code UNAUTHENTICATED} for a token,
 * {@code BUSY} when hashing is overloaded. Not owned: accounts, and whether one still lives ({@code org.xfchat.account}).
 */
@NullMarked
package org.xfchat.auth;

import org.jspecify.annotations.NullMarked;
