package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.database.DatabaseUrl.MalformedException;

/** requirements.md, "Configuration"; PostgreSQL manual, section 34.1.1.2. */
class DatabaseUrlTest {
    private static final String BASE = "postgresql://user:secret@db.test:5433/chat";

    private static DatabaseUrl parse(String text) {
        try {
            return DatabaseUrl.parse(text);
        } catch (MalformedException malformed) {
            throw new AssertionError(malformed);
        }
    }

    /** What pgjdbc understands of the JDBC URL that is made of {@code text}. */
    private static Map<String, String> driver(String text) {
        return driver(text, Map.of());
    }

    private static Map<String, String> driver(String text, Map<String, String> more) {
        String jdbc = parse(text).jdbc(more);
        Map<String, String> properties = new HashMap<>();
        try {
            for (DriverPropertyInfo property : DriverManager.getDriver(jdbc).getPropertyInfo(jdbc, new Properties())) {
                if (property.value != null) {
                    properties.put(property.name, property.value);
                }
            }
        } catch (SQLException refused) {
            throw new AssertionError("pgjdbc refuses it", refused);
        }
        return properties;
    }

    private static String refusal(String text) {
        return String.valueOf(assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> DatabaseUrl.parse(text))
                .actual()
                .getMessage());
    }

    @Nested
    class Forms {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "postgresql://user:secret@db.test:5433/chat",
                    "postgres://user:secret@db.test:5433/chat",
                    "jdbc:postgresql://user:secret@db.test:5433/chat",
                    "jdbc:postgresql://db.test:5433/chat?user=user&password=secret",
                    "postgresql://db.test:5433/chat?user=user&password=secret",
                    "  postgresql://user:secret@db.test:5433/chat\n"
                })
        void leadToTheSamePlace(String text) {
            DatabaseUrl url = parse(text);
            assertThat(url.user()).isEqualTo("user");
            assertThat(url.password()).isEqualTo("secret");
            assertThat(url.hosts()).containsExactly("db.test:5433");
            assertThat(url.database()).isEqualTo("chat");
            assertThat(url.target()).isEqualTo("db.test:5433/chat");
            assertThat(driver(text))
                    .containsEntry("PGHOST", "db.test")
                    .containsEntry("PGPORT", "5433")
                    .containsEntry("PGDBNAME", "chat")
                    .doesNotContainKeys("user", "password");
        }

        @Test
        void thePortIsTheUsualOneUnlessGiven() {
            assertThat(parse("postgresql://user@db.test/chat").hosts()).containsExactly("db.test:5432");
        }

        @Test
        void thePasswordIsOptionalAndMayBeEmpty() {
            assertThat(parse("postgresql://user@db.test/chat").password()).isNull();
            assertThat(parse("postgresql://user:@db.test/chat").password()).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "user, p%40ss%3Aw%2Frd%3F%23%25, p@ss:w/rd?#%",
            "user, a+b, a+b",
            "user, a%2Bb, a+b",
            "user, a%20b, 'a b'",
            "user, p:w, p:w",
            "user, gr%C3%BC%C3%9Fe, gr\u00fc\u00dfe",
            "user, %F0%9F%98%80, \ud83d\ude00"
        })
        void passwordsArePercentDecoded(String user, String encoded, String password) {
            assertThat(parse("postgresql://" + user + ":" + encoded + "@db.test/chat")
                            .password())
                    .isEqualTo(password);
            assertThat(parse("postgresql://db.test/chat?user=" + user + "&password=" + encoded)
                            .password())
                    .isEqualTo(password);
        }

        @Test
        void usersAndDatabasesArePercentDecoded() {
            String text = "postgresql://m%40x+y:p@db.test/my%20chat%2F1%26a%3Db+c%C3%BC";
            assertThat(parse(text).user()).isEqualTo("m@x+y");
            assertThat(parse(text).database()).isEqualTo("my chat/1&a=b+c\u00fc");
            assertThat(driver(text))
                    .containsEntry("PGHOST", "db.test")
                    .containsEntry("PGDBNAME", "my chat/1&a=b+c\u00fc");
        }
    }

    @Nested
    class Hosts {
        @Test
        void mayBeSeveralWithAndWithoutPortsAndThenThePrimaryIsUsed() {
            String text = "postgresql://user:secret@a.test,b.test:6000,c.test/chat";
            assertThat(parse(text).hosts()).containsExactly("a.test:5432", "b.test:6000", "c.test:5432");
            assertThat(driver(text))
                    .containsEntry("PGHOST", "a.test,b.test,c.test")
                    .containsEntry("PGPORT", "5432,6000,5432")
                    .containsEntry("targetServerType", "primary");
        }

        @Test
        void mayBeAddresses() {
            assertThat(driver("postgresql://user@127.0.0.1:6000/chat")).containsEntry("PGHOST", "127.0.0.1");
            String text = "postgresql://user@[::1]:6000,[2001:db8::2]/chat";
            assertThat(parse(text).hosts()).containsExactly("[::1]:6000", "[2001:db8::2]:5432");
            assertThat(driver(text))
                    .containsEntry("PGHOST", "[::1],[2001:db8::2]")
                    .containsEntry("PGPORT", "6000,5432");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "postgresql:///chat?user=user",
                    "postgresql://user@/chat",
                    "postgresql://user@a.test,/chat",
                    "postgresql://user@,a.test/chat",
                    "postgresql://user@:5432/chat",
                    "postgresql://user@%2Fvar%2Frun/chat",
                    "postgresql://user@::1/chat",
                    "postgresql://user@[::1/chat",
                    "postgresql://user@a.test:/chat",
                    "postgresql://user@a.test:x/chat",
                    "postgresql://user@a.test:-1/chat",
                    "postgresql://user@a.test:1:2/chat"
                })
        void areRefusedWhereMalformed(String text) {
            assertThat(refusal(text)).contains("host");
        }

        @ParameterizedTest
        @ValueSource(strings = {"0", "65536", "99999"})
        void haveAPortThatExists(String port) {
            assertThat(refusal("postgresql://user:secret@a.test:" + port + "/chat"))
                    .contains(port)
                    .contains("port");
        }
    }

    @Nested
    class Options {
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
            assertThat(driver(BASE + "?" + option))
                    .containsEntry(property, value)
                    .containsEntry("PGDBNAME", "chat");
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

        @Test
        void theSystemsCertificatesAreJavas() {
            assertThat(driver(BASE + "?sslmode=verify-full&sslrootcert=system"))
                    .containsEntry("sslmode", "verify-full")
                    .containsEntry("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory")
                    .doesNotContainKey("sslrootcert");
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
        @ValueSource(strings = {"0", "-1", "x", "", "1.5", "1000"})
        void anUnusableTimeoutIsRefused(String timeout) {
            assertThat(refusal(BASE + "?connect_timeout=" + timeout)).contains("connect_timeout");
        }

        @Test
        void anUnknownOneIsRefusedByNameWithThoseThatAreKnown() {
            assertThat(refusal(BASE + "?pgbouncer=true"))
                    .contains("pgbouncer")
                    .contains("sslmode, target_session_attrs");
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

    @Nested
    class Malformed {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "nonsense",
                    "/chat",
                    "host=db.test dbname=chat",
                    "postgresql:user@db.test/chat",
                    "postgresql:/user@db.test/chat",
                    "user:secret@db.test/chat",
                    "postgresql://user:se@cret@db.test/chat",
                    "http:postgresql://user@db.test/chat"
                })
        void isWhatIsNoUri(String text) {
            assertThat(refusal(text)).contains("URI");
        }

        @ParameterizedTest
        @CsvSource({
            "mysql://user:secret@db.test/chat, mysql",
            "jdbc:postgres://user@db.test/chat, postgres",
            "sqlite://x/y, sqlite"
        })
        void isAnotherSchemeByName(String text, String scheme) {
            assertThat(refusal(text)).contains(scheme).contains("PostgreSQL");
        }

        @Test
        void isAMissingUserOrDatabase() {
            assertThat(refusal("postgresql://db.test/chat")).contains("user is missing");
            assertThat(refusal("postgresql://:secret@db.test/chat")).contains("user is missing");
            assertThat(refusal("postgresql://user:secret@db.test")).contains("database name is missing");
            assertThat(refusal("postgresql://user:secret@db.test/")).contains("database name is missing");
            assertThat(refusal("postgresql://user:secret@db.test/?sslmode=require"))
                    .contains("database name is missing");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "postgresql://us%er:p@db.test/chat",
                    "postgresql://user:p%4@db.test/chat",
                    "postgresql://user:p@db.test/ch%zzat"
                })
        void isAPercentSignThatEncodesNothing(String text) {
            assertThat(refusal(text)).contains("percent");
        }
    }

    @Nested
    class Secrets {
        @Test
        void areNotInTheTextTheTargetOrTheJdbcUrl() {
            DatabaseUrl url = parse("postgresql://user:Sesame%21@db.test/chat?sslmode=require");
            assertThat(url.password()).isEqualTo("Sesame!");
            assertThat(url.toString() + url.target() + url.jdbc(Map.of())).doesNotContainIgnoringCase("sesame");
            DatabaseUrl query = parse("postgresql://db.test/chat?user=user&password=Sesame");
            assertThat(query.toString() + query.target() + query.jdbc(Map.of())).doesNotContainIgnoringCase("sesame");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "mysql://user:Sesame@db.test/chat",
                    "postgresql://user:Sesame@db.test:99999/chat",
                    "postgresql://user:Sesame@db.test/chat?x=y",
                    "postgresql://user:Sesame@db.test/chat?sslmode=x",
                    "postgresql://user:Sesame@db.test",
                    "postgresql://user:Se@Sesame@db.test/chat",
                    "postgresql://user:Sesame%@db.test/chat",
                    "postgresql://user:Ses/Sesame@db.test/chat",
                    "postgresql://user:Ses?Sesame@db.test/chat",
                    "postgresql://user:Ses?Sesame=1@db.test/chat",
                    "postgresql://Sesame@:x/chat",
                    "Sesame",
                    "user:Sesame@db.test/chat"
                })
        void areNotInTheMessage(String text) {
            assertThat(refusal(text)).doesNotContainIgnoringCase("sesame");
        }
    }
}
