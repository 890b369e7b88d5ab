package org.xfchat.rollback;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.xfchat.upgrade.Progress;
import org.xfchat.upgrade.Sql;
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
    private final Progress progress;
    private final Map<String, OldTable> old;
    private final List<Rollback.Copied> copied = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();

    /** @param ours the schema of the clean tables */
    RollbackCopy(Sql sql, String ours, Progress progress) throws SQLException {
        this.sql = sql;
        this.ours = Sql.name(ours) + '.';
        this.progress = progress;
        this.old = OldTable.all(sql);
    }

    /** Once, with every table locked. */
    Rollback.Outcome run() throws SQLException {
        closeAccounts();
        users();
        conversations();
        participants();
        contacts();
        requests();
        messages();
        room();
        new RollbackLosses(sql, ours, old).note(lost);
        return new Rollback.Outcome(copied, lost);
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
        lost.add(accounts + " accounts closed since: their old rows stay, contacts included, with a hash that matches"
                + " no password");
        for (String column : List.of("email", "username")) {
            String freed = column.equals("username") && !users.requires(column) ? "null" : closed("o");
            long taken = !users.has(column)
                    ? 0
                    : sql.run("update legacy.users o set " + users.set(column, freed) + closed
                            + " and exists (select from " + ours + "users n where lower(n." + column + ") = lower(o."
                            + column + ") and " + isNew("n") + ")");
            if (taken > 0) {
                lost.add(taken + " of the closed accounts: a new account has their " + column);
            }
        }
    }

    private void users() throws SQLException {
        Map<String, String> values =
                same("u", "id", "stripe_customer_id", "subscription_status", "last_seen", "created_at", "updated_at");
        values.put("email", "coalesce(u.email, " + closed("u") + ")");
        values.put(
                "username",
                accounts().requires("username") ? "coalesce(u.username, " + closed("u") + ")" : "u.username");
        values.put("password_hash", "coalesce(u.password_hash, " + Sql.literal(Upgrade.NOBODYS_HASH) + ")");
        values.put("is_online", "false");
        List<String> names = sql.list("select username from " + ours + "users u where " + isNew("u")
                + " and u.password_hash !~ '^[$]2[aby][$][0-9]{2}[$][./A-Za-z0-9]{53}$' order by 1");
        if (!names.isEmpty()) {
            lost.add(names.size() + " new accounts cannot log in, their hash is not bcrypt: "
                    + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                    + (names.size() > NAMED ? ", ..." : ""));
        }
        copy("users", values, ours + "users u where " + isNew("u"), "");
    }

    private OldTable accounts() {
        return Objects.requireNonNull(old.get("users"));
    }

    private static Map<String, String> same(String alias, String... columns) {
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
        return "not " + known("users", "id", alias + ".id") + " and not exists (select from legacy.upgrade_actions a"
                + " where a.action = 'placeholder' and a.row_id = " + alias + ".id::text)";
    }

    /** Whether an old table has a row with these values: columns and expressions in turn. */
    private String known(String table, String... pairs) {
        OldTable there = old.get(table);
        if (there == null) {
            return "false";
        }
        List<String> equal = new ArrayList<>();
        for (int pair = 0; pair < pairs.length; pair += 2) {
            equal.add(there.equal(pairs[pair], pairs[pair + 1]));
        }
        return "exists (select from legacy." + table + " o where " + String.join(" and ", equal) + ")";
    }

    private String knownUser(String id) {
        return known("users", "id", id);
    }

    private String knownConversation(String id) {
        return known("conversations", "id", id);
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
        copy(
                "conversations",
                values,
                ours + "conversations c where c.kind <> 'room' and not " + knownConversation("c.id"),
                there != null && there.requires("created_by") ? " and " + creator + " is not null" : "");
    }

    private void participants() throws SQLException {
        Map<String, String> values = same("p", "conversation_id", "user_id", "joined_at");
        values.put("id", "gen_random_uuid()");
        copy(
                "conversation_participants",
                values,
                ours + "conversation_participants p where not "
                        + known(
                                "conversation_participants",
                                "conversation_id",
                                "p.conversation_id",
                                "user_id",
                                "p.user_id"),
                " and " + knownConversation("p.conversation_id") + " and " + knownUser("p.user_id"));
    }

    private void contacts() throws SQLException {
        Map<String, String> values =
                same("c", "id", "user_id", "contact_user_id", "display_name", "avatar_url", "created_at");
        values.put("updated_at", "c.created_at");
        values.put("username", "u.username");
        values.put("email", "u.email");
        values.put("last_seen", "u.last_seen");
        values.put("is_online", "false");
        copy(
                "contacts",
                values,
                ours + "contacts c join " + ours + "users u on u.id = c.contact_user_id where not "
                        + known("contacts", "user_id", "c.user_id", "contact_user_id", "c.contact_user_id"),
                " and " + knownUser("c.user_id") + " and " + knownUser("c.contact_user_id"));
    }

    private void requests() throws SQLException {
        Map<String, String> values =
                same("f", "id", "from_user_id", "to_user_id", "message", "status", "created_at", "responded_at");
        values.put("from_username", "a.username");
        values.put("from_email", "a.email");
        values.put("to_username", "b.username");
        values.put("to_email", "b.email");
        OldTable requests = old.get("friend_requests");
        if (requests != null) {
            // Those that the upgrade rejected are duplicates, and pending again.
            String answer = requests.set("status", "f.status")
                    + (requests.has("responded_at") ? ", " + requests.set("responded_at", "f.responded_at") : "");
            progress.begin(ANSWERED);
            done(
                    ANSWERED,
                    sql.run("update legacy.friend_requests o set " + answer + " from " + ours
                            + "friend_requests f where "
                            + requests.equal("id", "f.id") + " and coalesce(o.status, 'pending') = 'pending'"
                            + " and f.status <> 'pending' and f.responded_at is not null"
                            + " and not exists (select from legacy.upgrade_actions a where a.action = 'rejected'"
                            + " and a.source = 'friend_requests' and a.row_id = f.id::text)"),
                    0);
        }
        copy(
                "friend_requests",
                values,
                ours + "friend_requests f join " + ours + "users a on a.id = f.from_user_id join " + ours
                        + "users b on b.id = f.to_user_id where not " + known("friend_requests", "id", "f.id"),
                " and " + knownUser("f.from_user_id") + " and " + knownUser("f.to_user_id"));
    }

    /** Whether a message was written since: its id was nobody's, and not given by the upgrade. */
    private String isNewMessage() {
        return "not " + known("chat_messages", "id", "m.id") + " and not " + known("messages", "id", "m.id")
                + " and not exists (select from legacy.upgrade_actions a where a.action = 'renumbered'"
                + " and a.detail ->> 'to' = m.id::text)";
    }

    private String written(String kind) {
        return ours + "chat_messages m join " + ours + "conversations c on c.id = m.conversation_id and c.kind " + kind
                + " where " + isNewMessage();
    }

    private void messages() throws SQLException {
        Map<String, String> values = same("m", "id", "conversation_id", "sender_id", "content", "created_at");
        String others =
                "(select from " + ours + "conversation_participants p where p.conversation_id = m.conversation_id"
                        + " and p.user_id <> m.sender_id";
        values.put("updated_at", "m.created_at");
        values.put(
                "message_type", "case when m.type in ('text', 'image', 'file', 'system') then m.type else 'text' end");
        values.put("is_read", "exists " + others + ") and not exists " + others + " and p.read_seq < m.seq)");
        values.put("is_delivered", "true");
        values.put("crdt_timestamp", "m.seq");
        values.put("braid_version", "coalesce(m.version, m.id::text)");
        values.put("braid_parents", "null");
        copy(
                "chat_messages",
                values,
                written("<> 'room'"),
                " and " + knownUser("m.sender_id")
                        + (old.containsKey("conversations") ? " and " + knownConversation("m.conversation_id") : ""));
    }

    private void room() throws SQLException {
        Map<String, String> values = same("m", "id", "created_at");
        values.put("user_id", "case when " + knownUser("m.sender_id") + " then m.sender_id end");
        values.put("text", "m.content");
        values.put("author", "coalesce(m.attributes ->> 'author', 'unknown')");
        values.put("version", "'v' || m.seq");
        values.put("timestamp", "m.created_at");
        values.put("is_read", "false");
        values.put("is_delivered", "true");
        copy("messages", values, written("= 'room'"), "");
    }

    /**
     * @param rows what was written since
     * @param possible which of these rows the old table can have
     */
    private void copy(String table, Map<String, String> values, String rows, String possible) throws SQLException {
        progress.begin(table + ", copied back");
        long written = sql.count(rows);
        OldTable there = old.get(table);
        long back = there == null || written == 0 ? 0 : sql.run(there.insert(values, rows + possible));
        done(table, back, written - back);
        if (written > back) {
            lost.add((written - back) + " rows for " + table + ": "
                    + (there == null
                            ? "the old database has no such table"
                            : "the account or conversation that they belong to is not in the old tables, or a unique"
                                    + " constraint there is against them"));
        }
        if (there != null && back > 0 && !there.unknown(values).isEmpty()) {
            lost.add("columns of " + table + " that XFChat does not know have an empty value in new rows: "
                    + String.join(", ", there.unknown(values)));
        }
    }

    private void done(String table, long back, long left) {
        copied.add(new Rollback.Copied(table, back, left));
        progress.end(back);
    }
}
