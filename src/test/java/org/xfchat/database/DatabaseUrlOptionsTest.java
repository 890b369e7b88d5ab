package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.database.DatabaseUrlTest.driver;
import static org.xfchat.database.DatabaseUrlTest.refusal;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may follow the question mark: libpq's options, and what pgjdbc makes of them. */
class DatabaseUrlOptionsTest {
    private static final String BASE = "postgresql://user:secret@db.test:5433/chat";

    @ParameterizedTest
    @CsvSource({
        "sslmode=disable, sslmode, disable",
        "sslmode=allow, sslmode, allow",
        "sslmode=prefer, sslmode, prefer",
        "sslmode=require, sslmode, require",
        "sslmode=verify-ca, sslmode, verify-ca",
        "sslmode=verify-full, sslmode, verify-full",
        "sslrootcert=/etc/a%20b/ca.pem, sslrootcert, /etc/a b/ca.pem",
        "sslcert=/c.pem, sslcert, /c.pem",
        "sslkey=/k.der, sslkey, /k.der",
        "connect_timeout=7, connectTimeout, 7",
        "application_name=my%20chat+1, ApplicationName, my chat+1",
        "options=-c%20search_path%3Dchat, options, -c search_path=chat",
        "options=-c search_path=chat, options, -c search_path=chat",
        "gssencmode=disable, gssEncMode, disable",
        "channel_binding=require, channelBinding, require",
        "target_session_attrs=any, targetServerType, any",
        "target_session_attrs=read-write, targetServerType, primary",
        "target_session_attrs=primary, targetServerType, primary"
    })
    void reachTheDriverUnderItsNames(String option, String property, String value) {
        assertThat(driver(BASE + "?" + option)).containsEntry(property, value).containsEntry("PGDBNAME", "chat");
    }

    @Test
    void mayBeSeveral() {
        assertThat(driver(BASE + "?sslmode=require&connect_timeout=3&application_name=x"))
                .containsEntry("sslmode", "require")
                .containsEntry("connectTimeout", "3")
                .containsEntry("ApplicationName", "x");
    }

    @Test
    void mayHaveTheDriversNamesInItsForm() {
        String jdbc = "jdbc:" + BASE;
        assertThat(driver(jdbc + "?ApplicationName=x&connectTimeout=3&targetServerType=primary"))
                .containsEntry("ApplicationName", "x")
                .containsEntry("connectTimeout", "3")
                .containsEntry("targetServerType", "primary");
        assertThat(refusal(BASE + "?ApplicationName=x")).contains("ApplicationName");
    }

    /** As libpq: nobody is told from others by an authority that signs for everybody. */
    @Test
    void theSystemsAuthoritiesNeedTheHostsName() {
        for (String mode : List.of("", "sslmode=verify-full&")) {
            assertThat(driver(BASE + "?" + mode + "sslrootcert=system"))
                    .containsEntry("sslmode", "verify-full")
                    .containsEntry("sslrootcert", "system");
        }
        assertThat(refusal(BASE + "?sslmode=require&sslrootcert=system")).contains("sslmode=verify-full");
    }

    @Test
    void theFilesAreReadByOurs() {
        assertThat(driver(BASE)).containsEntry("sslfactory", TlsSocketFactory.class.getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"read-only", "standby", "prefer-standby", "PRIMARY", "", "secondary"})
    void aTargetThatCannotBeWrittenToIsRefused(String target) {
        assertThat(refusal(BASE + "?target_session_attrs=" + target))
                .contains("target_session_attrs")
                .contains("read-write");
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "true", "", "REQUIRE", "verify_full"})
    void anUnknownSslModeIsRefused(String mode) {
        assertThat(refusal(BASE + "?sslmode=" + mode)).contains("sslmode").contains("verify-full");
    }

    @ParameterizedTest
    @CsvSource({"gssencmode, x", "gssencmode, ''", "channel_binding, allow", "channel_binding, on"})
    void anUnknownModeIsRefusedWithThoseThatAreKnown(String option, String mode) {
        assertThat(refusal(BASE + "?" + option + "=" + mode))
                .startsWith(option + " must be one of ")
                .contains("require");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "x", "", "1.5", "1000"})
    void anUnusableTimeoutIsRefused(String timeout) {
        assertThat(refusal(BASE + "?connect_timeout=" + timeout)).contains("connect_timeout");
    }

    @Test
    void anUnknownOneIsRefusedByNameWithThoseThatAreKnown() {
        assertThat(refusal(BASE + "?pgbouncer=true")).contains("pgbouncer").contains("sslmode, target_session_attrs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sslmode", "=x", "&", "sslmode=require&", "sslmode=require;x"})
    void whatIsNoOptionIsRefused(String query) {
        assertThat(refusal(BASE + "?" + query)).isNotBlank();
    }

    @Test
    void whatTheServiceAddsIsOverriddenAndItsStartUpOptionsAreKept() {
        Map<String, String> more = Map.of("ApplicationName", "xfchat", "options", "-c statement_timeout=30000");
        assertThat(driver(BASE, more))
                .containsEntry("ApplicationName", "xfchat")
                .containsEntry("options", "-c statement_timeout=30000");
        assertThat(driver(BASE + "?application_name=x&options=-c%20search_path%3Dchat", more))
                .containsEntry("ApplicationName", "x")
                .containsEntry("options", "-c statement_timeout=30000 -c search_path=chat");
    }
}
