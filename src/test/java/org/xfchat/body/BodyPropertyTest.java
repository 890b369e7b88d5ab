package org.xfchat.body;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** Any bytes as a body are a record, or refused with a 4xx whose sentence quotes nothing but names of fields. */
class BodyPropertyTest {
    record Draft(
            String name,
            boolean accept,
            long size,
            @Nullable UUID id,
            @Nullable JsonNode more) {}

    private static final ObjectMapper JSON = mapper();
    private static final Set<ErrorCode> REFUSALS = Set.of(
            ErrorCode.INVALID_JSON,
            ErrorCode.INVALID_REQUEST,
            ErrorCode.UNPROCESSABLE,
            ErrorCode.UNSUPPORTED_MEDIA_TYPE);

    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper();
        new StrictJson().customize(mapper);
        return mapper;
    }

    /** Values of every type, at the borders of what numbers, strings and nesting may be. */
    @Provide
    Arbitrary<String> json() {
        Arbitrary<String> plain = Arbitraries.oneOf(
                Arbitraries.of(
                        "null",
                        "true",
                        "false",
                        "0",
                        "-0",
                        "1.5",
                        "1e400",
                        "-1e-999999999",
                        "9".repeat(2_000),
                        "NaN",
                        "\"\"",
                        "\"\\u0000\"",
                        "\"\\ud800\"",
                        "\"\ud83d\ude00\"",
                        "\"\\x\"",
                        "\"\n\"",
                        "[]",
                        "{}",
                        "\"16fd2706-8baf-433b-82eb-8c7fada847da\"",
                        "\"1-1-1-1-1\"",
                        "\"true\"",
                        "\"1\"",
                        "'a'",
                        "",
                        "[".repeat(1_100) + "]".repeat(1_100),
                        "{\"a\":".repeat(1_100) + "1" + "}".repeat(1_100)),
                Arbitraries.strings().all().ofMaxLength(20).map(BodyPropertyTest::quoted),
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.doubles().map(String::valueOf));
        return Arbitraries.recursive(() -> plain, BodyPropertyTest::around, 0, 4);
    }

    private static Arbitrary<String> around(Arbitrary<String> inner) {
        return Arbitraries.oneOf(
                inner, inner.list().ofMaxSize(3).map(values -> "[" + String.join(",", values) + "]"), object(inner));
    }

    @Provide
    Arbitrary<String> members() {
        return object(json());
    }

    private static Arbitrary<String> object(Arbitrary<String> value) {
        Arbitrary<String> name = Arbitraries.oneOf(
                Arbitraries.of("name", "accept", "size", "id", "more", "@class", "@type", "__proto__", ""),
                Arbitraries.strings().all().ofMaxLength(60));
        return Combinators.combine(name.map(BodyPropertyTest::quoted), value)
                .as((key, content) -> key + ":" + content)
                .list()
                .ofMaxSize(7)
                .map(all -> "{" + String.join(",", all) + "}");
    }

    private static String quoted(String text) {
        return JSON.getNodeFactory().textNode(text).toString();
    }

    /** Every field, most of them right. */
    @Provide
    Arbitrary<String> almostRight() {
        Arbitrary<String> other = json();
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(4, Arbitraries.strings().all().map(BodyPropertyTest::quoted)),
                                Tuple.of(1, other)),
                        Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.of("true", "false")), Tuple.of(1, other)),
                        Arbitraries.frequencyOf(
                                Tuple.of(4, Arbitraries.longs().map(String::valueOf)), Tuple.of(1, other)),
                        Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just("null")), Tuple.of(1, other)),
                        other)
                .as((name, accept, size, id, more) -> "{\"name\":" + name + ",\"accept\":" + accept + ",\"size\":"
                        + size + ",\"id\":" + id + ",\"more\":" + more + "}");
    }

    private static @Nullable Draft read(byte[] body, @Nullable String contentType) {
        MultivaluedMap<String, String> headers = new MultivaluedHashMap<>();
        if (contentType != null) {
            headers.putSingle("Content-Type", contentType);
        }
        @SuppressWarnings({"unchecked", "rawtypes"}) // as the framework does
        Class<Object> type = (Class) Draft.class;
        try {
            Object read = new JsonBodyReader(JSON)
                    .readFrom(
                            type,
                            Draft.class,
                            new Annotation[0],
                            contentType == null ? null : MediaType.valueOf(contentType),
                            headers,
                            new ReceivedBody(body, body.length, held -> {}));
            Statistics.collect("read");
            return (Draft) read;
        } catch (ApiException refused) {
            Statistics.collect("refused");
            assertThat(refused.code()).isIn(REFUSALS);
            assertThat(refused).hasMessageMatching("[\\w ./-]{5,400}");
            return null;
        } catch (IOException unexpected) {
            throw new AssertionError("it would be a 500", unexpected);
        }
    }

    @Property
    void anyBytesAreReadOrRefused(@ForAll byte[] body) {
        read(body, "application/json");
    }

    @Property
    void anyJsonIsReadOrRefused(@ForAll("json") String body) {
        read(body.getBytes(UTF_8), "application/json");
    }

    @Property
    void anyObjectIsReadOrRefused(@ForAll("members") String body) {
        read(body.getBytes(UTF_8), "application/json; charset=utf-8");
    }

    @Property
    void whatIsAlmostRightIsReadOrRefused(@ForAll("almostRight") String body) {
        read(body.getBytes(UTF_8), "application/problem+json");
        Statistics.coverage(coverage -> {
            coverage.check("read").count(count -> count > 0);
            coverage.check("refused").count(count -> count > 0);
        });
    }

    @Property
    void whatIsCutIsRefused(@ForAll("cuts") int length) {
        byte[] whole = "{\"name\":\"caf\u00e9 \ud83d\ude00\",\"accept\":true,\"size\":12}".getBytes(UTF_8);
        if (length < whole.length) {
            assertThat(read(Arrays.copyOf(whole, length), "application/json")).isNull();
        }
    }

    @Provide
    Arbitrary<Integer> cuts() {
        return Arbitraries.integers().between(0, 45);
    }

    @Property(tries = 20)
    void otherEncodingsAreRefused(@ForAll("otherEncodings") byte[] body) {
        assertThat(read(body, "application/json")).isNull();
    }

    @Provide
    Arbitrary<byte[]> otherEncodings() {
        String text = "{\"name\":\"caf\u00e9\",\"accept\":true,\"size\":12}";
        return Arbitraries.of(List.of(text.getBytes(UTF_16LE), text.getBytes(ISO_8859_1)));
    }
}
