/** The service as it is deployed: the packaged artefact, run as a process against a PostgreSQL of the test's own. */
@NullMarked
package org.xfchat.packaged;

import org.jspecify.annotations.NullMarked;
