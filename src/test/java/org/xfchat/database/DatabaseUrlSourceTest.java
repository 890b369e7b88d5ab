package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the connections of a replica are opened with. */
class DatabaseUrlSourceTest {
    private static final String URL = "postgresql://user:secret@db.test:5433/chat";

    private record Settings(Map<String, String> values) implements ConfigSourceContext {
        @Override
        public @Nullable ConfigValue getValue(String name) {
            String value = values.get(name);
            return value == null
                    ? null
                    : ConfigValue.builder().withName(name).withValue(value).build();
        }

        @Override
        public Iterator<String> iterateNames() {
            return values.keySet().iterator();
        }
    }

    private static @Nullable String value(Map<String, String> settings, String name) {
        ConfigSource source = new DatabaseUrlSource()
                .getConfigSources(new Settings(settings))
                .iterator()
                .next();
        assertThat(source.getPropertyNames()).isEmpty();
        return source.getValue(name);
    }

    @ParameterizedTest
    @CsvSource({"25, 21", "6, 2", "1000, 996", "1, 1"})
    void ofThePoolSomeAreReserved(String size, String pool) {
        assertThat(value(Map.of("DATABASE_POOL_SIZE", size), "database-url.pool-size"))
                .isEqualTo(pool);
    }

    @Test
    void aLanesIsTighterThanThePoolsAndReadsByIndex() {
        assertThat(value(Map.of("DATABASE_URL", URL), "database-url.lane.jdbc"))
                .startsWith("jdbc:postgresql://db.test:5433/chat?")
                .contains("socketTimeout=8", "statement_timeout%3D7000", "enable_seqscan%3Doff")
                .doesNotContain("secret", "prepareThreshold");
        assertThat(value(Map.of("DATABASE_URL", URL, "DATABASE_STATEMENT_TIMEOUT", "30s"), "database-url.jdbc"))
                .contains("socketTimeout=35", "statement_timeout%3D30000");
    }

    /** A lane that waits for a lock as long as the URI says keeps half of all conversations waiting. */
    @Test
    void aLanesOptionsCountBehindThoseOfTheUri() {
        assertThat(value(Map.of("DATABASE_URL", URL + "?options=-c%20lock_timeout%3D10s"), "database-url.lane.jdbc"))
                .containsPattern("options=-c.*lock_timeout%3D10s.*lock_timeout%3D250(?!.*lock_timeout)");
    }

    @Test
    void throughPgBouncerThereAreNoOptionsAndNoNamedStatements() {
        Map<String, String> settings = Map.of("DATABASE_URL", URL, "DATABASE_DIRECT_URL", URL);
        assertThat(value(settings, "database-url.lane.jdbc")).contains("socketTimeout=8");
        for (String connection : List.of("jdbc", "lane.jdbc", "ping.jdbc", "direct.jdbc")) {
            assertThat(value(settings, "database-url." + connection))
                    .contains("prepareThreshold=0")
                    .doesNotContain("options");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://user@db.test:5433/chat, true",
        "postgresql://owner@db.test:5433/chat?sslmode=require, true",
        "postgresql://user@db.test/chat, false",
        "postgresql://user@db.test:5433/other, false",
        ", false"
    })
    void whoeverLeadsToTheSamePlaceIsTheSame(@Nullable String direct, String same) {
        Map<String, String> settings = new HashMap<>(Map.of("DATABASE_URL", URL));
        if (direct != null) {
            settings.put("DATABASE_DIRECT_URL", direct);
        }
        assertThat(value(settings, "database-url.direct.same")).isEqualTo(same);
        assertThat(String.valueOf(value(settings, "database-url.direct.jdbc")).contains("prepareThreshold=0"))
                .isEqualTo(Boolean.valueOf(same));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a$b", "a$$b", "${a}", "$${a:b}", "a\\:b", "\\${a}", "a$", "\\\\$$"})
    void aPasswordStaysAsItIsWhateverAnExpressionLooksLike(String password) {
        String url = "postgresql://user:" + URLEncoder.encode(password, StandardCharsets.UTF_8) + "@db.test/chat";
        Config config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new DatabaseUrlSource())
                .withDefaultValue("DATABASE_URL", url)
                .withDefaultValue("quarkus.datasource.password", "${database-url.password:}")
                .build();
        for (String name : List.of("database-url.direct.password", "quarkus.datasource.password")) {
            assertThat(config.getValue(name, String.class)).isEqualTo(password);
        }
    }

    @Test
    void nothingIsSaidWithoutAUrl() {
        assertThat(value(Map.of(), "database-url.lane.jdbc")).isNull();
        assertThat(value(Map.of("DATABASE_URL", "mysql://x"), "database-url.lane.jdbc"))
                .isNull();
    }
}
