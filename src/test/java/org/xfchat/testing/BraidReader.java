package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a 209 answer (draft-toomim-httpbis-braid-http-04; contract 2.4) and keeps the state that it describes, across
 * connections.
 *
 * <p>Strict: what a careful reader of the draft could stumble over is an {@link AssertionError}.
 */
public final class BraidReader {
    private static final int MAX_LINE = 64 << 10;
    private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*");
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    /**
     * One update.
     *
     * @param parent absent where the update names none, which only the first state of a log does
     * @param patch an append to the state, not the state
     * @param messages what it carries, as {@code keep} left it
     */
    public record Update(String version, @Nullable String parent, boolean patch, List<JsonNode> messages) {}

    private final UnaryOperator<JsonNode> keep;
    private final List<JsonNode> messages = new ArrayList<>();
    private final List<Update> updates = new ArrayList<>();
    private final Map<String, String> fields = new LinkedHashMap<>();
    private byte[] buffer = new byte[16 << 10];
    private int start;
    private int end;
    private int contentLength = -1;
    private boolean blankLineIsDue;
    private long blankLines;
    private @Nullable String lastVersion;

    /** Reads from the beginning: the first update has to be a snapshot. */
    public BraidReader() {
        this(null, message -> message);
    }

    /**
     * Reads on.
     *
     * @param version where to begin: every update has to be a patch, the first one of this version; null for a snapshot first
     * @param keep what to remember of each message
     */
    public BraidReader(@Nullable String version, UnaryOperator<JsonNode> keep) {
        this.lastVersion = version;
        this.keep = keep;
    }

    /** Forgets an update of which only a part came, as a new connection begins. */
    public synchronized void reconnected() {
        start = 0;
        end = 0;
        contentLength = -1;
        blankLineIsDue = false;
        fields.clear();
    }

    /** Takes the next bytes, in whatever pieces they come; the messages that became complete with them. */
    public synchronized List<JsonNode> feed(byte[] piece) {
        int known = updates.size();
        if (end + piece.length > buffer.length) {
            byte[] larger =
                    end - start + piece.length > buffer.length ? new byte[2 * (end - start + piece.length)] : buffer;
            System.arraycopy(buffer, start, larger, 0, end - start);
            end -= start;
            start = 0;
            buffer = larger;
        }
        System.arraycopy(piece, 0, buffer, end, piece.length);
        end += piece.length;
        boolean more = true;
        while (more) {
            more = contentLength < 0 ? line() : content();
        }
        return updates.subList(known, updates.size()).stream()
                .flatMap(update -> update.messages().stream())
                .toList();
    }

    private boolean line() {
        int at = start;
        while (at < end && buffer[at] != '\n') {
            at++;
        }
        if (at == end) {
            if (end - start > MAX_LINE) {
                throw new AssertionError("an endless line: " + text(start, start + 200));
            }
            return false;
        }
        String line = text(start, at);
        start = at + 1;
        if (!line.endsWith("\r")) {
            throw new AssertionError("a line of an update does not end with CR LF: " + line);
        }
        line = line.substring(0, line.length() - 1);
        if (!line.isEmpty()) {
            field(line);
        } else if (!fields.isEmpty()) {
            contentLength = contentLength();
        } else if (blankLineIsDue) {
            blankLineIsDue = false;
        } else {
            blankLines++;
        }
        return true;
    }

    private String text(int from, int to) {
        return new String(buffer, from, Math.min(to, end) - from, ISO_8859_1);
    }

    private void field(String line) {
        if (blankLineIsDue) {
            throw new AssertionError("no blank line after an update, but: " + line);
        }
        Matcher field = FIELD.matcher(line);
        if (!field.matches()) {
            throw new AssertionError("no header field: " + line);
        }
        String name = field.group(1).toLowerCase(Locale.ROOT);
        if (fields.isEmpty() && !name.equals("version")) {
            throw new AssertionError("Version is not the first header field, but: " + line);
        }
        if (fields.put(name, field.group(2)) != null) {
            throw new AssertionError("a header field twice: " + line);
        }
    }

    private int contentLength() {
        String length = fields.getOrDefault("content-length", "");
        if (!length.matches("\\d{1,9}")) {
            throw new AssertionError("an update without a Content-Length: " + fields);
        }
        return Integer.parseInt(length);
    }

    private boolean content() {
        if (end - start < contentLength) {
            return false;
        }
        byte[] content = Arrays.copyOfRange(buffer, start, start + contentLength);
        start += contentLength;
        contentLength = -1;
        blankLineIsDue = true;
        Map<String, String> complete = Map.copyOf(fields);
        fields.clear();
        apply(complete, content);
        return true;
    }

    private void apply(Map<String, String> headers, byte[] content) {
        @Nullable String range = headers.get("content-range");
        if (range != null && !range.equals("json [-0:-0]")) {
            throw new AssertionError("a patch that is no append: " + headers);
        }
        if (!"application/json".equals(headers.get("content-type"))) {
            throw new AssertionError("the content is not said to be JSON: " + headers);
        }
        boolean patch = range != null;
        @Nullable String before = lastVersion;
        if (patch != (before != null)) {
            throw new AssertionError((patch ? "a patch of nothing: " : "a snapshot though resumed: ") + headers);
        }
        @Nullable String version = id(headers.get("version"));
        @Nullable String parent = id(headers.get("parents"));
        if (version == null) {
            throw new AssertionError("an update without a version: " + headers);
        }
        if (before != null && !before.equals(parent)) {
            throw new AssertionError("the update of " + before + " says to be one of " + headers);
        }
        List<JsonNode> carried = array(content);
        check(version, parent, patch, carried);
        if (!patch) {
            messages.clear();
        }
        List<JsonNode> kept = carried.stream().map(keep).toList();
        messages.addAll(kept);
        updates.add(new Update(version, parent, patch, kept));
        lastVersion = version;
    }

    /** The last message is what makes the version; contract 2.3. */
    private static void check(String version, @Nullable String parent, boolean patch, List<JsonNode> carried) {
        if (patch && carried.size() != 1) {
            throw new AssertionError("a patch with " + carried.size() + " messages: " + version);
        }
        if (carried.isEmpty()) {
            if (parent != null) {
                throw new AssertionError("the empty log has a parent: " + parent);
            }
            return;
        }
        JsonNode last = carried.get(carried.size() - 1);
        if (!version.equals(last.path("braid_version").asText())
                || !last.path("braid_parents").equals(JSON.createArrayNode().add(parent))) {
            throw new AssertionError("the update " + version + " of " + parent + " carries " + last);
        }
    }

    /** The only id of a list of strings (contract 4); null where there is no such header field or it is empty. */
    private static @Nullable String id(@Nullable String list) {
        if (list == null || list.isEmpty()) {
            return null;
        }
        List<JsonNode> ids = array(("[" + list + "]").getBytes(ISO_8859_1));
        if (ids.size() != 1 || !ids.get(0).isTextual()) {
            throw new AssertionError("not one id: " + list);
        }
        return ids.get(0).asText();
    }

    private static List<JsonNode> array(byte[] content) {
        try {
            JsonNode array = JSON.readTree(content);
            if (!array.isArray()) {
                throw new AssertionError("no array: " + array);
            }
            List<JsonNode> elements = new ArrayList<>();
            array.forEach(elements::add);
            return elements;
        } catch (IOException malformed) {
            throw new AssertionError("no JSON: " + new String(content, ISO_8859_1), malformed);
        }
    }

    /** The state: a copy of the messages so far, oldest first. */
    public synchronized List<JsonNode> messages() {
        return List.copyOf(messages);
    }

    /** A copy of the updates so far. */
    public synchronized List<Update> updates() {
        return List.copyOf(updates);
    }

    /** How many messages the state has. */
    public synchronized int size() {
        return messages.size();
    }

    /** What to resume with; null before the first update. */
    public synchronized @Nullable String lastVersion() {
        return lastVersion;
    }

    /** How many blank lines came beside the one that ends each update: the heartbeats. */
    public synchronized long blankLines() {
        return blankLines;
    }
}
