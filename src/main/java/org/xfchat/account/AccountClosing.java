package org.xfchat.account;

import java.util.UUID;

/**
 * An account is being deleted. Observed inside the deleting transaction, after the account's row is locked and void, by
 * the packages that keep something of it; an observer that throws undoes the deletion.
 */
public record AccountClosing(UUID userId) {}
