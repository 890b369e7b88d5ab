package org.xfchat.account;

import java.util.Set;
import java.util.regex.Pattern;
import org.xfchat.auth.LoginName;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** What an account may be called and be locked with; checks in the contract's order, one plain sentence each. */
final class Credentials {
    private static final Pattern USERNAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{2,29}");
    private static final Set<String> RESERVED_USERNAMES = Set.of("system_bot", "system_global");
    private static final int MAX_EMAIL_LENGTH = 255;
    private static final int MIN_PASSWORD_CODE_POINTS = 8;

    private Credentials() {}

    /** @throws ApiException {@code INVALID_REQUEST} with the first thing that is wrong */
    static void check(String username, String email, String password) {
        if (!USERNAME.matcher(username).matches()) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "Username must have 3 to 30 letters, digits or underscores and begin with a letter");
        }
        if (!email.contains("@")
                || email.codePointCount(0, email.length()) > MAX_EMAIL_LENGTH
                || email.codePoints().anyMatch(Credentials::unfitForEmail)) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "Email must be an address with at most " + MAX_EMAIL_LENGTH + " characters");
        }
        if (password.codePointCount(0, password.length()) < MIN_PASSWORD_CODE_POINTS) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "Password must have at least " + MIN_PASSWORD_CODE_POINTS + " characters");
        }
        if (RESERVED_USERNAMES.contains(LoginName.key(username))) {
            throw new ApiException(ErrorCode.USERNAME_TAKEN);
        }
    }

    private static boolean unfitForEmail(int codePoint) {
        return Character.isISOControl(codePoint)
                || Character.isWhitespace(codePoint)
                || Character.getType(codePoint) == Character.SURROGATE;
    }
}
