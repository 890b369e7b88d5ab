package org.xfchat.error;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Whole-number query parameters: clamped when out of range, refused when no number. */
public final class IntegerParameter {
    private IntegerParameter() {}

    /**
     * The value of {@code text} within {@code [min, max]}; {@code absent} for null or empty.
     *
     * @throws ApiException {@code INVALID_REQUEST}
     */
    public static long of(@Nullable String text, String name, long min, long max, long absent) {
        if (text == null || text.isEmpty()) {
            return absent;
        }
        if (!text.matches("[+-]?\\d{1,40}")) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, name + " must be a whole number");
        }
        BigInteger number = new BigInteger(text);
        return number.max(BigInteger.valueOf(min)).min(BigInteger.valueOf(max)).longValue();
    }
}
