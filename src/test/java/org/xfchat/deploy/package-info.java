/** What is in {@code deploy} and beside it for operators: it is read as strictly as what it is for would read it. */
@NullMarked
package org.xfchat.deploy;

import org.jspecify.annotations.NullMarked;
