/**
 * Faults at random under load, and the proof that nobody noticed: clients record every call and every answer, subscribers every
 * message, and {@link org.xfchat.faults.Checker} compares that with what is stored in the end.
 */
@NullMarked
package org.xfchat.faults;

import org.jspecify.annotations.NullMarked;
