package org.xfchat.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.ws.rs.ext.ParamConverter;
import java.lang.annotation.Annotation;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Numbers, ids and names in addresses and headers: taken, put into their range, or refused. */
class ParameterPropertyTest {
    private static final ParamConverter<UUID> UUIDS =
            Objects.requireNonNull(new UuidParameters().getConverter(UUID.class, UUID.class, new Annotation[0]));

    @Provide
    Arbitrary<String> numbers() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(10),
                Arbitraries.strings().withChars("0123456789+-eE. _").ofMaxLength(45),
                Arbitraries.of("9", "0", "-").map(digit -> digit.repeat(5_000)),
                Arbitraries.bigIntegers().map(BigInteger::toString));
    }

    @Property
    void aLimitIsInItsRangeOrRefused(@ForAll("numbers") String text) {
        ApiException refused =
                catchThrowableOfType(ApiException.class, () -> IntegerParameter.of(text, "limit", 1, 500, 50));
        if (refused == null) {
            assertThat(IntegerParameter.of(text, "limit", 1, 500, 50)).isBetween(1L, 500L);
        } else {
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(refused).hasMessage("limit must be a whole number");
        }
    }

    @Property
    void aNumberInTheRangeIsItself(@ForAll("inRange") int number) {
        assertThat(IntegerParameter.of(String.valueOf(number), "limit", 1, 500, 50))
                .isEqualTo(number);
    }

    @Provide
    Arbitrary<Integer> inRange() {
        return Arbitraries.integers().between(1, 500);
    }

    @Provide
    Arbitrary<String> ids() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(40),
                Arbitraries.strings().withChars("0123456789abcdefABCDEF-").ofLength(36),
                Arbitraries.create(UUID::randomUUID).map(UUID::toString),
                Arbitraries.create(UUID::randomUUID).map(id -> id.toString().toUpperCase(Locale.ROOT)));
    }

    @Property
    void anIdIsCanonicalOrRefused(@ForAll("ids") String text) {
        ApiException refused = catchThrowableOfType(ApiException.class, () -> UUIDS.fromString(text));
        if (refused == null) {
            assertThat(UUIDS.fromString(text)).hasToString(text.toLowerCase(Locale.ROOT));
        } else {
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Property
    void anAcceptOfAnyKindIsNoFault(@ForAll String accept) {
        Problem.wanted(accept);
        assertThat(Problem.wanted(accept + ", application/json")).isTrue();
    }
}
