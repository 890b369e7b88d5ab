package org.xfchat.braid;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The value of {@code Version}, {@code Parents} and {@code Current-Version}: a list of version ids (Braid-HTTP 04, section
 * 2; RFC 8941 section 3.1, lists of strings).
 *
 * <p>The reference client writes each id with {@code JSON.stringify} and escapes non-ASCII as {@code \}{@code uXXXX}, which is
 * no sf-string. Therefore a list of JSON strings is read, a superset of the escapes of sf-string, and JSON strings are
 * written, byte for byte the sf-string where the id is printable ASCII.
 */
public final class VersionHeader {
    /** In characters (UTF-16 units). */
    public static final int MAX_ID_LENGTH = 200;

    private static final JsonFactory JSON = new JsonFactory();

    private VersionHeader() {}

    /**
     * The ids in the order given, duplicates included; empty for an empty value.
     *
     * @param lines the values of all header lines of one name, which together are one list (RFC 9110 section 5.3)
     * @throws BraidSyntaxException when it is not a list of strings, or an id is empty, too long, or has control characters
     *     or half a surrogate pair
     */
    public static List<String> parse(List<String> lines) {
        String list = lines.stream().filter(line -> !line.isBlank()).collect(Collectors.joining(","));
        if (!list.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f))) {
            throw new BraidSyntaxException("A version header has characters that must be escaped");
        }
        List<String> ids = new ArrayList<>();
        try (JsonParser parser = JSON.createParser("[" + list + "]")) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.VALUE_STRING) {
                ids.add(checked(parser.getText()));
            }
            if (parser.currentToken() != JsonToken.END_ARRAY || parser.nextToken() != null) {
                throw new BraidSyntaxException("A version header must be a list of quoted strings");
            }
        } catch (IOException malformed) {
            throw new BraidSyntaxException("A version header must be a list of quoted strings");
        }
        return List.copyOf(ids);
    }

    private static String checked(String id) {
        if (id.isEmpty() || id.length() > MAX_ID_LENGTH) {
            throw new BraidSyntaxException("A version must have 1 to " + MAX_ID_LENGTH + " characters");
        }
        if (id.codePoints().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
            throw new BraidSyntaxException("A version must not have control characters");
        }
        return id;
    }

    /** One id as a header value, quoted, 7-bit. */
    public static String format(String id) {
        StringBuilder out = new StringBuilder(id.length() + 2).append('"');
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.append('"').toString();
    }

    /** Several ids as one header value; empty for none. */
    public static String format(List<String> ids) {
        return ids.stream().map(VersionHeader::format).collect(Collectors.joining(", "));
    }
}
