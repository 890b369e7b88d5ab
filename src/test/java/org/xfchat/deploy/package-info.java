/**
 * What {@code deploy} has, held against the service: every manifest parses strictly, as it stands and as kubectl renders it, asks
 * for no more than it needs, and speaks of paths, ports and variables that the service has.
 *
 * <p>Without kubectl, what it would render is skipped, and the tests say so; the files themselves are always looked at.
 */
@NullMarked
package org.xfchat.deploy;

import org.jspecify.annotations.NullMarked;
