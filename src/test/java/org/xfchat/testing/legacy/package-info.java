/**
 * Databases of the old server, made from what is known of them and independently of the upgrade: people, conversations and
 * messages with everything odd that a schema lets in, what an upgrade must make of them, and the old server itself as far as
 * its database sees it.
 */
@NullMarked
package org.xfchat.testing.legacy;

import org.jspecify.annotations.NullMarked;
