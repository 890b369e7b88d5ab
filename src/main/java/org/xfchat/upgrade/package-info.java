/**
 * From the old XFChat's database to ours, and back: conversion, its report, check, rollback, dropping the old tables.
 *
 * <p>Invariants: each command is one transaction of its caller on one connection, so that a failure, a refusal or a dry run
 * leaves what was there. The old tables stay in schema {@code legacy}, unchanged and read-only, until they are dropped on
 * purpose; a rollback keeps ours in a schema of their own. What was not copied one to one is in {@code
 * legacy.upgrade_actions}.
 *
 * <p>Failures: {@link org.xfchat.database.StartUpFailure} is a refusal in one line; anything else is a bug. Not owned: what
 * the tables mean, and who may use the database meanwhile.
 */
@NullMarked
package org.xfchat.upgrade;

import org.jspecify.annotations.NullMarked;
