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

/** docs/configuration.md, "Variables"; PostgreSQL manual, section 34.1.1.2. */
class DatabaseUrlTest {
    private static DatabaseUrl parse(String text) {
        try {
            return DatabaseUrl.parse(text);
        } catch (MalformedException malformed) {
            throw new AssertionError(malformed);
        }
    }

    /** What pgjdbc understands of the JDBC URL that is made of {@code text}. */
    static Map<String, String> driver(String text) {
        return driver(text, Map.of());
    }

    /**
     * The same.
     *
     * @param more what the service adds
     */
    static Map<String, String> driver(String text, Map<String, String> more) {
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

    /** Why it is refused; fails where it is not. */
    static String refusal(String text) {
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
