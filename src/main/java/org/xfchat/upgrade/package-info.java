/**
 * What an owner of an old XFChat's database does once: convert it, check it, undo the conversion, drop what is left of the old
 * one.
 *
 * <p>Invariants: each command is one transaction over one connection, so that a crash leaves the old state or the new one.
 * The old tables are moved to schema {@code legacy}, never changed; what does not go into the new ones row by row is in {@code
 * legacy.upgrade_actions} with its reason. Nothing is committed that {@link org.xfchat.upgrade.Check} finds fault with.
 *
 * <p>Failures: {@link org.xfchat.database.StartUpFailure} with one line; the database is as before. Not owned: the schema
 * itself, which is {@code database}'s; the service knows of an upgrade only that schema {@code legacy} exists.
 */
@NullMarked
package org.xfchat.upgrade;

import org.jspecify.annotations.NullMarked;
