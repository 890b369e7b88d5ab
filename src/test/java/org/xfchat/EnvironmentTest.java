package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Variables arrive as they were given, from wherever they may come. */
class EnvironmentTest {
    private static Environment of(Map<String, String> properties, Map<String, String> variables, String file) {
        return new Environment(properties::get, variables, Environment.parse(file));
    }

    @Test
    void aSystemPropertyCountsBeforeAVariableAndBothBeforeTheFile() {
        Environment environment = of(Map.of("A", "property"), Map.of("A", "variable", "B", "variable"), """
                A=file
                B=file
                C=file
                """);
        assertThat(environment.value("A")).contains("property");
        assertThat(environment.value("B")).contains("variable");
        assertThat(environment.value("C")).contains("file");
        assertThat(environment.value("D")).isEmpty();
    }

    @Test
    void anEmptyVariableHidesTheFile() {
        assertThat(of(Map.of(), Map.of("A", ""), "A=file").value("A")).contains("");
    }

    @Test
    void whatTheProcessWasGivenIsReadAsItIsNow() {
        assertThat(Environment.ofProcess().value("java.home")).contains(System.getProperty("java.home"));
        assertThat(Environment.ofProcess().value("PATH")).isEqualTo(Optional.ofNullable(System.getenv("PATH")));
    }

    /** What a process in the POSIX locale would take for no letters. */
    @Test
    void variablesAreUtf8WhateverTheLocaleOfTheProcess() {
        byte[] given =
                "PATH=/bin\0A=\u00e9 \u65e5=\ud83d\ude00\0EMPTY=\0A=later\0=odd\0".getBytes(StandardCharsets.UTF_8);
        assertThat(Environment.given(given))
                .isEqualTo(Map.of("PATH", "/bin", "A", "\u00e9 \u65e5=\ud83d\ude00", "EMPTY", ""));
    }

    @Nested
    class File {
        private static Optional<String> value(String file) {
            return Optional.ofNullable(Environment.parse(file).get("A"));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '~',
                quoteCharacter = '`',
                value = {
                    "A=x ~ x",
                    "`  A = x  ` ~ x",
                    "export A=x ~ x",
                    "`A=` ~ ``",
                    "A=two words ~ two words",
                    "A=x # comment ~ x",
                    "A=a#b ~ a#b",
                    "`A=# comment` ~ ``",
                    "A=a=b==  ~ a=b==",
                    "A=$$x${HOME}\\n% ~ $$x${HOME}\\n%",
                    "A='it is # \\n ${HOME} \"so\"' ~ it is # \\n ${HOME} \"so\"",
                    "A=\"it is # ${HOME}\" # comment ~ it is # ${HOME}",
                    "A=\"a\\\"b\\\\c\\$d\\x\" ~ a\"b\\c$d\\x",
                    "A=it's ~ it's",
                    "A.B=y ~"
                })
        void isReadAsTheUsualReadersDo(String line, String expected) {
            assertThat(value(line)).isEqualTo(Optional.ofNullable(expected));
        }

        @Test
        void mayHaveLineEndsOfWindowsAndAByteOrderMark() {
            assertThat(Environment.parse("\uFEFFA=x\r\n\r\n# comment\r\nB=\"y\"\r\n"))
                    .containsExactlyInAnyOrderEntriesOf(Map.of("A", "x", "B", "y"));
        }

        @Test
        void mayHaveValuesOfSeveralLinesInQuotes() {
            assertThat(Environment.parse("A='one\ntwo' # comment\nB=\"three\\nfour\nfive\""))
                    .containsExactlyInAnyOrderEntriesOf(Map.of("A", "one\ntwo", "B", "three\nfour\nfive"));
        }

        @Test
        void laterLinesReplaceEarlierOnes() {
            assertThat(value("A=1\nA=2")).contains("2");
        }

        @ParameterizedTest
        @ValueSource(strings = {"B=1\n\nSesame", "\n\nA='Sesame", "\n\nA=\"Sesame\\\"\n", "\n\nA='Sesame'Sesame"})
        void thatIsMalformedIsRefusedByItsLineWithoutTheValue(String file) {
            assertThatExceptionOfType(Environment.MalformedException.class)
                    .isThrownBy(() -> Environment.parse(file))
                    .satisfies(refused -> assertThat(refused.getMessage())
                            .startsWith(".env, line 3: ")
                            .doesNotContain("Sesame"));
        }
    }

    /** Through the framework's configuration, as the parts of the service get it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a$b",
                "a$$b",
                "${a}",
                "${HOME}",
                "$${a:b}",
                "a\\:b",
                "\\${a}",
                "a$",
                "\\\\$$",
                "a\\",
                "a,b\\,c",
                "a#b",
                "a%b",
                "a b",
                "'a\"b'",
                " a ",
                "\u00fc\u2028"
            })
    void whatAVariableSaysIsNoExpression(String value) {
        Environment environment = of(Map.of(), Map.of("JWT_SECRET", value), "");
        EnvironmentSource source = new EnvironmentSource(() -> environment);
        assertThat(source.getPropertyNames()).isEmpty();
        Config config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(source)
                .withDefaultValue("xfchat.auth.jwt-secret", "${JWT_SECRET:}")
                .build();
        assertThat(config.getValue("JWT_SECRET", String.class)).isEqualTo(value);
        assertThat(config.getValue("xfchat.auth.jwt-secret", String.class)).isEqualTo(value);
    }

    @Test
    void onlyTheVariablesThatSettingsNameComeFromHere() {
        EnvironmentSource source = new EnvironmentSource(() -> of(Map.of(), Map.of("PATH", "x", "READ_ONLY", "y"), ""));
        assertThat(source.getValue("PATH")).isNull();
        assertThat(source.getValue("READ_ONLY")).isEqualTo("y");
        assertThat(source.getValue("CORS_ORIGINS")).isNull();
    }

    /** Blanks must not become a secret that verifies tokens, which the framework's own source of variables would hand over. */
    @Test
    void whatIsNotSetOrBlankIsAsByDefault() {
        EnvironmentSource source =
                new EnvironmentSource(() -> of(Map.of(), Map.of("LIMITS", " ", "JWT_SECRET_PREVIOUS", "\n"), ""));
        Config config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(source, new DefaultsSource())
                .withSources(new PropertiesConfigSource(Map.of("JWT_SECRET_PREVIOUS", "\n"), "the framework's", 300))
                .withDefaultValue("xfchat.auth.jwt-secret-previous", "${JWT_SECRET_PREVIOUS:}")
                .build();
        assertThat(config.getValue("LIMITS", String.class)).isEqualTo("on");
        assertThat(config.getValue("DATABASE_POOL_SIZE", String.class)).isEqualTo("25");
        assertThat(config.getOptionalValue("JWT_SECRET_PREVIOUS", String.class)).isEmpty();
        assertThat(config.getOptionalValue("xfchat.auth.jwt-secret-previous", String.class))
                .isEmpty();
    }

    @Test
    void defaultsAreWeakerThanAFile() {
        Config config = new SmallRyeConfigBuilder()
                .withSources(new DefaultsSource())
                .withSources(new PropertiesConfigSource(Map.of("DATABASE_POOL_SIZE", "30"), "a file", 250))
                .build();
        assertThat(config.getValue("DATABASE_POOL_SIZE", String.class)).isEqualTo("30");
    }
}
