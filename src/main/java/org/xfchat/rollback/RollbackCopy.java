package org.xfchat.rollback;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.xfchat.database.Sql;
import org.xfchat.upgrade.Progress;
import org.xfchat.upgrade.Upgrade;

/**
 * Copies what was written since the upgrade into the old tables, and notes what has no place there. Rows that were there
 * before keep every value, but for accounts closed since and requests answered since.
 */
final class RollbackCopy {
    private static final int NAMED = 20;
    private static final String ANSWERED = "friend_requests, answered";

    private final Sql sql;
    private final String ours;
    private final OldTables old;

    /** @param ours the schema of the clean tables */
    RollbackCopy(Sql sql, String ours, Progress progress) throws SQLException {
        this.sql = sql;
        this.ours = Sql.name(ours) + '.';
        this.old = new OldTables(sql, progress);
    }

    /** Once, with every table locked. */
    Rollback.Outcome run() throws SQLException {
        closeAccounts();
        users();
        conversations();
        participants();
        contacts();
        requests();
        new RollbackMessages(sql, ours, old).copy();
        new RollbackLosses(sql, ours, old.byName()).note(old.lost());
        return old.outcome();
    }

    /** Before new accounts come: a closed one's address may be theirs by now. */
    private void closeAccounts() throws SQLException {
        OldTable users = accounts();
        String closed =
                " from " + ours + "users u where " + users.equal("id", "u.id") + " and u.deleted_at is not null";
        long accounts = sql.run(
                "update legacy.users o set " + users.set("password_hash", Sql.literal(Upgrade.NOBODYS_HASH)) + closed);
        if (accounts == 0) {
            return;
        }
        old.lost()
                .add(accounts
                        + " accounts closed since: their old rows stay, contacts included, with a hash that matches"
                        + " no password");
        for (String column : List.of("email", "username")) {
            long taken = !users.has(column)
                    ? 0
                    : sql.run("update legacy.users o set " + users.set(column, closed("o")) + closed
                            + " and exists (select from " + ours + "users n where lower(n." + column
                            + " collate \"C\") = lower(o." + column + " collate \"C\") and " + isNew("n") + ")");
            if (taken > 0) {
                old.lost().add(taken + " of the closed accounts: a new account has their " + column);
            }
        }
    }

    private void users() throws SQLException {
        Map<String, String> values =
                same("u", "id", "stripe_customer_id", "subscription_status", "last_seen", "created_at", "updated_at");
        values.put("email", "coalesce(u.email, " + closed("u") + ")");
        values.put("username", "coalesce(u.username, " + closed("u") + ")");
        values.put("password_hash", "coalesce(u.password_hash, " + Sql.literal(Upgrade.NOBODYS_HASH) + ")");
        values.put("is_online", "false");
        List<String> names = sql.list("select username from " + ours + "users u where " + isNew("u")
                + " and u.password_hash !~ '^[$]2[aby][$][0-9]{2}[$][./A-Za-z0-9]{53}$' order by 1");
        if (!names.isEmpty()) {
            old.lost()
                    .add(names.size() + " new accounts cannot log in, their hash is not bcrypt: "
                            + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                            + (names.size() > NAMED ? ", ..." : ""));
        }
        // Whoever has no row there could not read what others wrote to him, nor would his own messages go back.
        Map<String, String> name = Map.of("username", "left(u.username, 20) || '_' || left(u.id::text, 8)");
        Map<String, String> email = Map.of("email", "'taken-' || u.id || '@invalid'");
        Map<String, String> both = new LinkedHashMap<>(name);
        both.putAll(email);
        old.copy(
                new OldTables.Rows("users", "u.id::text", ours + "users u where " + isNew("u"), ""),
                values,
                new OldTables.Instead(name, "new accounts have another user name there, theirs was taken"),
                new OldTables.Instead(email, "new accounts have another address there, theirs was taken"),
                new OldTables.Instead(both, "new accounts have another name and address there, theirs were taken"));
    }

    private OldTable accounts() {
        return Objects.requireNonNull(old.get("users"));
    }

    /** The columns that both have, by their name. */
    static Map<String, String> same(String alias, String... columns) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String column : columns) {
            values.put(column, alias + '.' + column);
        }
        return values;
    }

    /** What stands for the address of an account that has none any more. */
    private static String closed(String alias) {
        return "'deleted-' || " + alias + ".id || '@invalid'";
    }

    /** Whether an account was made since: what the upgrade made up to have an author was not. */
    private String isNew(String alias) {
        return "not " + old.known("users", "id", alias + ".id")
                + " and not exists (select from legacy.upgrade_actions a"
                + " where a.action = 'placeholder' and a.row_id = " + alias + ".id::text)";
    }

    private String knownUser(String id) {
        return old.known("users", "id", id);
    }

    private String knownConversation(String id) {
        return old.known("conversations", "id", id);
    }

    private void conversations() throws SQLException {
        String creator = "coalesce("
                + String.join(
                        ", ",
                        List.of("created_by", "pair_low", "pair_high").stream()
                                .map(column -> "case when " + knownUser("c." + column) + " then c." + column + " end")
                                .toList())
                + ", (select p.user_id from " + ours + "conversation_participants p where p.conversation_id = c.id and "
                + knownUser("p.user_id") + " order by p.joined_at, p.user_id limit 1))";
        Map<String, String> values = same("c", "id", "name", "description", "created_at");
        values.put("created_by", creator);
        values.put("is_direct_message", "c.kind = 'direct'");
        values.put(
                "updated_at",
                "greatest(c.created_at, (select m.created_at from " + ours
                        + "chat_messages m where m.conversation_id = c.id order by m.seq desc limit 1))");
        OldTable there = old.get("conversations");
        old.copy(
                new OldTables.Rows(
                        "conversations",
                        "c.id::text",
                        ours + "conversations c where c.kind <> 'room' and not " + knownConversation("c.id"),
                        there != null && there.requires("created_by") ? " and " + creator + " is not null" : ""),
                values);
    }

    private void participants() throws SQLException {
        Map<String, String> values = same("p", "conversation_id", "user_id", "joined_at");
        values.put("id", "gen_random_uuid()");
        old.copy(
                new OldTables.Rows(
                        "conversation_participants",
                        "p.conversation_id || ' ' || p.user_id",
                        ours + "conversation_participants p where not "
                                + old.known(
                                        "conversation_participants",
                                        "conversation_id",
                                        "p.conversation_id",
                                        "user_id",
                                        "p.user_id"),
                        " and " + knownConversation("p.conversation_id") + " and " + knownUser("p.user_id")),
                values);
    }

    private void contacts() throws SQLException {
        Map<String, String> values =
                same("c", "id", "user_id", "contact_user_id", "display_name", "avatar_url", "created_at");
        values.put("updated_at", "c.created_at");
        values.put("username", "coalesce(u.username, " + closed("u") + ")");
        values.put("email", "coalesce(u.email, " + closed("u") + ")");
        // Who never had a stream was here at least when the account was opened.
        values.put("last_seen", "coalesce(u.last_seen, u.created_at)");
        values.put("is_online", "false");
        old.copy(
                new OldTables.Rows(
                        "contacts",
                        "c.user_id || ' ' || c.contact_user_id",
                        ours + "contacts c join " + ours + "users u on u.id = c.contact_user_id where not "
                                + old.known("contacts", "user_id", "c.user_id", "contact_user_id", "c.contact_user_id"),
                        " and " + knownUser("c.user_id") + " and " + knownUser("c.contact_user_id")),
                values);
    }

    private void requests() throws SQLException {
        Map<String, String> values =
                same("f", "id", "from_user_id", "to_user_id", "message", "status", "created_at", "responded_at");
        values.put("from_username", "coalesce(a.username, " + closed("a") + ")");
        values.put("from_email", "coalesce(a.email, " + closed("a") + ")");
        values.put("to_username", "coalesce(b.username, " + closed("b") + ")");
        values.put("to_email", "coalesce(b.email, " + closed("b") + ")");
        OldTable requests = old.get("friend_requests");
        if (requests != null) {
            // Those that the upgrade rejected are duplicates, and pending again.
            String answer = requests.set("status", "f.status")
                    + (requests.has("responded_at") ? ", " + requests.set("responded_at", "f.responded_at") : "");
            old.begin(ANSWERED);
            old.done(
                    ANSWERED,
                    sql.run("update legacy.friend_requests o set " + answer + " from " + ours
                            + "friend_requests f where "
                            + requests.equal("id", "f.id") + " and coalesce(o.status, 'pending') = 'pending'"
                            + " and f.status <> 'pending' and f.responded_at is not null"
                            + " and not exists (select from legacy.upgrade_actions a where a.action = 'rejected'"
                            + " and a.source = 'friend_requests' and a.row_id = f.id::text)"),
                    0);
        }
        old.copy(
                new OldTables.Rows(
                        "friend_requests",
                        "f.id::text",
                        ours + "friend_requests f join " + ours + "users a on a.id = f.from_user_id join " + ours
                                + "users b on b.id = f.to_user_id where not "
                                + old.known("friend_requests", "id", "f.id"),
                        " and " + knownUser("f.from_user_id") + " and " + knownUser("f.to_user_id")),
                values);
    }
}
