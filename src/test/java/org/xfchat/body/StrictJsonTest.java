package org.xfchat.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract section 0: one timestamp format, types as they are declared, unknown fields ignored. */
class StrictJsonTest {
    record Sample(String text, int number, boolean flag, UUID id) {}

    private static final String ID = "123e4567-e89b-12d3-a456-426614174000";

    private final ObjectMapper json = strict();

    private static ObjectMapper strict() {
        ObjectMapper mapper = new ObjectMapper();
        new StrictJson().customize(mapper);
        return mapper;
    }

    private Sample read(String body) throws JsonProcessingException {
        return json.readValue(body, Sample.class);
    }

    private static String sample(String text, String number, String flag, String id) {
        return "{\"text\":" + text + ",\"number\":" + number + ",\"flag\":" + flag + ",\"id\":" + id + "}";
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05.123456Z, 2026-01-02T03:04:05.123456Z",
        "2026-01-02T03:04:05Z, 2026-01-02T03:04:05.000000Z",
        "2026-01-02T03:04:00Z, 2026-01-02T03:04:00.000000Z",
        "2026-01-02T03:04:05.123456789Z, 2026-01-02T03:04:05.123456Z",
        "2026-01-02T03:04:05.1Z, 2026-01-02T03:04:05.100000Z",
        "1969-12-31T23:59:59.999999Z, 1969-12-31T23:59:59.999999Z",
        "2024-02-29T12:00:00+02:00, 2024-02-29T10:00:00.000000Z"
    })
    void timestampsHaveSixFractionDigitsInUtc(String instant, String written) throws JsonProcessingException {
        assertThat(json.writeValueAsString(
                        java.time.OffsetDateTime.parse(instant).toInstant()))
                .isEqualTo("\"" + written + "\"");
    }

    @Test
    void timestampsAreReadBackAsTheyWereWritten() throws JsonProcessingException {
        String written = json.writeValueAsString(Instant.parse("2026-01-02T03:04:05.123456Z"));
        assertThat(Instant.parse(json.readTree(written).textValue()))
                .isEqualTo(Instant.parse("2026-01-02T03:04:05.123456Z"));
    }

    @Test
    void unknownFieldsAreIgnored() throws JsonProcessingException {
        String body = sample("\"a\"", "1", "true", "\"" + ID + "\"").replace("}", ",\"more\":{\"x\":[1]}}");
        assertThat(read(body)).isEqualTo(new Sample("a", 1, true, UUID.fromString(ID)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "1.5", "true", "{}", "[]"})
    void onlyStringsAreStrings(String text) {
        assertThatThrownBy(() -> read(sample(text, "1", "true", "\"" + ID + "\"")))
                .isInstanceOf(JsonProcessingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"7\"", "1.5", "1.0", "true", "null", "99999999999", "{}", "\"\""})
    void onlyWholeNumbersAreNumbers(String number) {
        assertThatThrownBy(() -> read(sample("\"a\"", number, "true", "\"" + ID + "\"")))
                .isInstanceOf(JsonProcessingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"true\"", "1", "0", "null", "\"\"", "[]"})
    void onlyTrueAndFalseAreTruthValues(String flag) {
        assertThatThrownBy(() -> read(sample("\"a\"", "1", flag, "\"" + ID + "\"")))
                .isInstanceOf(JsonProcessingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"nonsense\"", "true", "\"1-1-1-1-1\"", "\"123e4567e89b12d3a456426614174000\"", "[]"})
    void onlyCanonicalUuidsAreIds(String id) {
        assertThatThrownBy(() -> read(sample("\"a\"", "1", "true", id))).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void idsAreReadInAnyCaseAndWrittenInLowerCase() throws JsonProcessingException {
        Sample sample = read(sample("\"a\"", "1", "true", "\"" + ID.toUpperCase(java.util.Locale.ROOT) + "\""));
        assertThat(json.writeValueAsString(sample.id())).isEqualTo("\"" + ID + "\"");
    }

    @Test
    void whatFollowsTheBodyIsRefused() {
        assertThatThrownBy(() -> read(sample("\"a\"", "1", "true", "\"" + ID + "\"") + " x"))
                .isInstanceOf(JsonProcessingException.class);
    }
}
