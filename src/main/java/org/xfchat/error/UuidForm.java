package org.xfchat.error;

import java.util.regex.Pattern;

/** How an id is written, in addresses, bodies, and versions: canonical (RFC 9562 section 4), in any case. */
public final class UuidForm {
    /** As a regular expression without groups. */
    public static final String REGEX = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

    private static final Pattern PATTERN = Pattern.compile(REGEX);

    private UuidForm() {}

    /** Whether a text is an id and nothing else; {@link java.util.UUID#fromString} reads it then. */
    public static boolean matches(String text) {
        return PATTERN.matcher(text).matches();
    }
}
