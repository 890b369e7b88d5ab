package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.xfchat.testing.ShippedSchema;
import org.xfchat.testing.TestServer;

/** The catalog after the migrations: names are promises, because they are mapped to what a client is told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemaTest {
    private static final String[] CONSTRAINTS = {
        "chat_messages_attributes_object",
        "chat_messages_conversation_fkey",
        "chat_messages_pkey",
        "chat_messages_sender_fkey",
        "chat_messages_seq_positive",
        "chat_messages_version_differs_from_id",
        "chat_messages_version_length",
        "contacts_contact_user_fkey",
        "contacts_pair_key",
        "contacts_pkey",
        "contacts_two_users",
        "contacts_user_fkey",
        "conversation_participants_conversation_fkey",
        "conversation_participants_pkey",
        "conversation_participants_read_seq_not_negative",
        "conversation_participants_user_fkey",
        "conversations_created_by_fkey",
        "conversations_direct_has_pair",
        "conversations_kind_known",
        "conversations_pair_high_fkey",
        "conversations_pair_low_fkey",
        "conversations_pair_ordered",
        "conversations_pkey",
        "friend_requests_from_user_fkey",
        "friend_requests_pkey",
        "friend_requests_status_known",
        "friend_requests_to_user_fkey",
        "friend_requests_two_users",
        "log_epoch_not_negative",
        "log_epoch_one_row",
        "log_epoch_pkey",
        "login_failures_not_negative",
        "login_failures_pkey",
        "presence_pkey",
        "presence_replica_fkey",
        "presence_user_fkey",
        "replicas_pkey",
        "schema_compatibility_pkey",
        "upgrades_pkey",
        "usage_roll_up_one_row",
        "usage_roll_up_pkey",
        "usage_tracking_count_not_negative",
        "usage_tracking_period_ordered",
        "usage_tracking_pkey",
        "usage_tracking_user_fkey",
        "usage_watermarks_conversation_fkey",
        "usage_watermarks_pkey",
        "usage_watermarks_seq_positive",
        "users_email_length",
        "users_live_or_tombstone",
        "users_pkey",
        "users_username_length"
    };

    /** Those that belong to no constraint. */
    private static final String[] INDEXES = {
        "chat_messages_conversation_seq_key",
        "chat_messages_conversation_version_key",
        "chat_messages_created_at",
        "chat_messages_sender",
        "contacts_contact_user",
        "conversation_participants_user",
        "conversations_created_by",
        "conversations_direct_pair_key",
        "conversations_pair_high",
        "conversations_single_room_key",
        "friend_requests_from_user",
        "friend_requests_pending_pair_key",
        "friend_requests_to_user",
        "login_failures_until",
        "presence_replica",
        "users_email_folded_key",
        "users_email_folded_lookup",
        "users_email_key",
        "users_email_lookup",
        "users_live",
        "users_username_folded_key",
        "users_username_folded_lookup",
        "users_username_key"
    };

    private static final String OURS = "relnamespace = 'public'::regnamespace and relname <> 'flyway_schema_history'";

    private final String url = TestServer.newDatabase();
    private Connection connection;

    @BeforeAll
    void migrate() throws SQLException {
        connection = TestServer.connect(url);
        migrate(connection);
    }

    /** Brings the connection's database to the newest schema. */
    static void migrate(Connection connection) throws SQLException {
        String[] user = URI.create(TestServer.url()).getUserInfo().split(":", 2);
        Flyway.configure()
                .configuration(ShippedSchema.SETTINGS)
                .dataSource(connection.getMetaData().getURL(), user[0], user[1])
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
    }

    @AfterAll
    void disconnect() throws SQLException {
        connection.close();
    }

    private List<String> list(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    @Test
    void hasExactlyTheNamedConstraints() throws SQLException {
        assertThat(list("select conname from pg_constraint k join pg_class c on c.oid = k.conrelid where " + OURS
                        + " and contype <> 'n'"))
                .containsExactlyInAnyOrder(CONSTRAINTS);
    }

    @Test
    void hasExactlyTheNamedIndexes() throws SQLException {
        assertThat(list(
                        "select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid where "
                                + OURS + " and not exists (select from pg_constraint k where k.conindid = i.indexrelid"
                                + " and k.contype in ('p', 'u', 'x'))"))
                .containsExactlyInAnyOrder(INDEXES);
    }

    @Test
    void everyNameBeginsWithItsTable() throws SQLException {
        assertThat(list("select conname from pg_constraint k join pg_class c on c.oid = k.conrelid where " + OURS
                        + " and contype <> 'n' and not starts_with(conname, relname || '_')"))
                .isEmpty();
        assertThat(list(
                        "select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid where "
                                + OURS + " and not starts_with(i.indexrelid::regclass::text, relname || '_')"))
                .isEmpty();
    }

    @Test
    void noNameWasMadeUpByPostgresql() throws SQLException {
        assertThat(CONSTRAINTS)
                .noneMatch(name ->
                        name.matches(".*_(check|not_null|fkey|key|idx|excl)\\d*") && !name.matches(".*_(fkey|key)"));
        assertThat(INDEXES).noneMatch(name -> name.matches(".*_(idx|key|excl)\\d+|.*_idx"));
        // The names that PostgreSQL would have chosen: table, columns, suffix.
        assertThat(list("select conname from pg_constraint k join pg_class c on c.oid = k.conrelid where " + OURS
                        + " and contype in ('c', 'u', 'x') and conname like any (array['%\\_check', '%\\_excl',"
                        + " relname || '\\_%\\_%\\_key'])"))
                .isEmpty();
    }

    @Test
    void everyTableIsCommented() throws SQLException {
        assertThat(list("select relname from pg_class c where relkind in ('r', 'p') and " + OURS
                        + " and obj_description(oid, 'pg_class') is null and relname <> 'flyway_schema_history'"))
                .isEmpty();
    }

    @Test
    void everyTimestampHasAZone() throws SQLException {
        assertThat(list("select table_name || '.' || column_name from information_schema.columns"
                        + " where table_schema = 'public' and table_name <> 'flyway_schema_history'"
                        + " and (data_type in ('timestamp without time zone', 'time without time zone')"
                        + " or column_name like '%\\_at' and data_type <> 'timestamp with time zone')"))
                .isEmpty();
    }

    @Test
    void everyTableHasAPrimaryKey() throws SQLException {
        assertThat(list("select relname from pg_class c where relkind in ('r', 'p') and " + OURS
                        + " and not exists (select from pg_constraint k where k.conrelid = c.oid and contype = 'p')"))
                .isEmpty();
    }

    /** The first columns of an index are those of the key, in any order; a partial one may only leave out nulls. */
    @Test
    void everyForeignKeyHasAnIndexThatServesIt() throws SQLException {
        assertThat(list("""
                        select conname from pg_constraint k
                        where contype = 'f' and not exists (
                            select from pg_index i
                            join pg_am on pg_am.oid = (select relam from pg_class where oid = i.indexrelid)
                            where i.indrelid = k.conrelid and amname = 'btree' and i.indisvalid
                              and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] <@ k.conkey
                              and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
                              and (i.indpred is null
                                   or pg_get_expr(i.indpred, i.indrelid) = (
                                       select '(' || attname || ' IS NOT NULL)' from pg_attribute
                                       where attrelid = k.conrelid and attnum = k.conkey[1])))
                        """)).isEmpty();
    }

    @Test
    void everyForeignKeyRestricts() throws SQLException {
        assertThat(list("select conname from pg_constraint where contype = 'f' and (confdeltype <> 'r'"
                        + " or confupdtype <> 'a' or condeferrable or not convalidated)"))
                .isEmpty();
    }

    @Test
    void singletonsHaveExactlyOneRow() throws SQLException {
        assertThat(list("select count(*) from log_epoch union all select count(*) from usage_roll_up"
                        + " union all select count(*) from conversations where kind = 'room'"))
                .containsExactly("1", "1", "1");
        for (String sql : new String[] {
            "insert into log_epoch (epoch) values (1)",
            "insert into log_epoch (singleton, epoch) values (false, 1)",
            "update log_epoch set epoch = -1",
            "insert into usage_roll_up (rolled_up_at) values (now())",
            "insert into usage_roll_up (singleton, rolled_up_at) values (false, now())"
        }) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> list(sql + " returning 1"))
                    .satisfies(refused -> assertThat(refused.getSQLState()).isIn("23505", "23514"));
        }
    }

    @Test
    void thereIsNoTriggerAndNoUnloggedTable() throws SQLException {
        assertThat(list("select tgname from pg_trigger where not tgisinternal")).isEmpty();
        assertThat(list("select relname from pg_class c where relpersistence <> 'p' and " + OURS))
                .isEmpty();
    }
}
