package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServerTest {
    private static Server server(
            int version, @Nullable String schema, boolean readOnly, String encoding, boolean safe) {
        return new Server("the version", version, schema, readOnly, true, encoding, safe, safe, safe, 97);
    }

    private static void isRefused(Server server, String line) {
        assertThatThrownBy(() -> server.check(false))
                .isInstanceOf(StartUpFailure.class)
                .hasMessageContaining(line);
    }

    @Test
    void theOldestSupportedOneIsAccepted() {
        assertThatCode(() -> server(150_000, "public", false, "UTF8", true).check(false))
                .doesNotThrowAnyException();
    }

    @Test
    void anOlderOneIsToldToUpgradeFirst() {
        isRefused(
                server(140_019, "public", false, "UTF8", true),
                "PostgreSQL the version is out of support: upgrade PostgreSQL to 15 or newer first");
    }

    @Test
    void aReadOnlyOneIsRefusedWhateverIsAllowed() {
        Server standby = server(150_000, "public", true, "UTF8", true);
        isRefused(standby, "read-only");
        assertThatThrownBy(() -> standby.check(true)).hasMessageContaining("read-only");
    }

    @Test
    void aSearchPathWithoutSchemaAndAnotherEncodingAreNamed() {
        isRefused(server(150_000, null, false, "UTF8", true), "search_path");
        isRefused(server(150_000, "public", false, "SQL_ASCII", true), "SQL_ASCII");
    }

    @Test
    void oneThatCanLoseWritesIsAcceptedOnlyWhereThatIsAllowed() {
        Server unsafe = server(150_000, "public", false, "UTF8", false);
        isRefused(unsafe, "fsync off");
        assertThatCode(() -> unsafe.check(true)).doesNotThrowAnyException();
    }

    @Test
    void warnsWhereOneReplicaAloneDoesNotFit() {
        Server server = server(150_000, "public", false, "UTF8", true);
        assertThat(server.connectionsShort(97)).isEmpty();
        assertThat(server.connectionsShort(98).orElseThrow())
                .contains("DATABASE_POOL_SIZE is 98")
                .contains("97");
    }
}
