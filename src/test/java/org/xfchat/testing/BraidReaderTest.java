package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Understands the contract's example and refuses whatever a careful client could stumble over. */
class BraidReaderTest {
    private static final String ROOT = update("root", null, false);
    private static final String TWO = update("two", "one", false, "one", "root", "two", "one");
    private static final String THREE = update("three", "two", true, "three", "two");
    private static final String FOUR = update("four", "three", true, "four", "three");

    /** As in contract 2.4; {@code messages} are versions and their parents. */
    private static String update(String version, @Nullable String parent, boolean patch, String... messages) {
        StringBuilder content = new StringBuilder("[\n");
        for (int i = 0; i < messages.length; i += 2) {
            content.append(i == 0 ? "" : ",\n")
                    .append("{\"id\":\"")
                    .append(messages[i])
                    .append("\",\"braid_version\":\"");
            content.append(messages[i])
                    .append("\",\"braid_parents\":[\"")
                    .append(messages[i + 1])
                    .append("\"]}\n");
        }
        content.append("]");
        return "Version: \"" + version + "\"\r\n"
                + (parent == null ? "" : "Parents: \"" + parent + "\"\r\n")
                + "Content-Type: application/json\r\n"
                + (patch ? "Content-Range: json [-0:-0]\r\n" : "")
                + "Content-Length: " + content.length() + "\r\n\r\n" + content + "\r\n\r\n";
    }

    private static List<String> ids(BraidReader reader) {
        return reader.messages().stream()
                .map(message -> message.path("id").asText())
                .toList();
    }

    private static void feed(BraidReader reader, String text) {
        reader.feed(text.getBytes(ISO_8859_1));
    }

    @Test
    void beginsWithTheEmptyLog() {
        BraidReader reader = new BraidReader();
        feed(reader, "\r\n" + ROOT);
        assertThat(reader.messages()).isEmpty();
        assertThat(reader.lastVersion()).isEqualTo("root");
    }

    @Test
    void readsASnapshotAndPatchesInPiecesOfAnySize() {
        byte[] stream = ("\r\n" + TWO + "\r\n\r\n" + THREE + "\r\n" + FOUR).getBytes(ISO_8859_1);
        for (int size = 1; size <= stream.length; size++) {
            BraidReader reader = new BraidReader();
            int messages = 0;
            for (int at = 0; at < stream.length; at += size) {
                messages += reader.feed(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + size)))
                        .size();
            }
            assertThat(ids(reader)).containsExactly("one", "two", "three", "four");
            assertThat(messages).isEqualTo(4);
            assertThat(reader.lastVersion()).isEqualTo("four");
            assertThat(reader.updates())
                    .extracting(BraidReader.Update::version)
                    .containsExactly("two", "three", "four");
            assertThat(reader.updates()).extracting(BraidReader.Update::parent).containsExactly("one", "two", "three");
            assertThat(reader.updates()).extracting(BraidReader.Update::patch).containsExactly(false, true, true);
            // One before the first update, two and one between, and the second of the two that end the last update.
            assertThat(reader.blankLines()).isEqualTo(7);
        }
    }

    @Test
    void resumesWhereverItWasCut() {
        String stream = TWO + THREE;
        for (int cut = 0; cut < stream.length(); cut++) {
            BraidReader reader = new BraidReader();
            feed(reader, stream.substring(0, cut));
            reader.reconnected();
            String version = reader.lastVersion();
            feed(reader, version == null ? TWO + THREE : version.equals("two") ? THREE : "");
            feed(reader, FOUR);
            assertThat(ids(reader)).containsExactly("one", "two", "three", "four");
        }
    }

    @Test
    void resumesFromAGivenVersionAndKeepsWhatItIsToldTo() {
        BraidReader reader = new BraidReader("two", message -> message.path("id"));
        feed(reader, THREE);
        assertThat(reader.messages()).hasSize(1);
        assertThat(reader.messages().get(0).asText()).isEqualTo("three");
    }

    @Test
    void unescapesVersions() {
        BraidReader reader = new BraidReader();
        feed(
                reader,
                "Version: \"a, \\\"\\u00fc\\\\\"\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]\r\n");
        assertThat(reader.lastVersion()).isEqualTo("a, \"\u00fc\\");
    }

    private static void refuses(String first, String second) {
        BraidReader reader = new BraidReader();
        feed(reader, first);
        assertThatThrownBy(() -> feed(reader, second + "\r\n")).isInstanceOf(AssertionError.class);
    }

    @Test
    void refusesWhatDoesNotFollow() {
        refuses(TWO, TWO);
        refuses(TWO, FOUR);
        refuses("", THREE);
        refuses(TWO, THREE.replace("Parents: \"two\"\r\n", ""));
        refuses(TWO, THREE.replace("\"braid_parents\":[\"two\"]", "\"braid_parents\":[\"xxx\"]"));
        refuses(TWO, THREE.replace("\"braid_version\":\"three\"", "\"braid_version\":\"xxxxx\""));
        refuses("", ROOT.replace("\r\nContent-T", "\r\nParents: \"x\"\r\nContent-T"));
        refuses(TWO, update("four", "two", true, "three", "two", "four", "three"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/json\r\nVersion: \"v\"\r\nContent-Length: 2\r\n\r\n[]",
                "Version: \"v\"\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
                "Version: \"v\"\r\nContent-Type: application/json\r\n\r\n[]",
                "Version: \"v\"\r\nContent-Type: application/json\r\nContent-Length: x\r\n\r\n[]",
                "Version: \"v\"\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n[]",
                "Version: \"v\"\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
                "Version: \"v\"\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n[]{}",
                "Version: \"v\"\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n[]",
                "Version: \"v\"\r\nVersion: \"v\"\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
                "Version: v\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
                "Version: \"v\", \"w\"\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
                "Version:\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
                "Version: \"v\"\r\nno field\r\nContent-Length: 2\r\n\r\n[]",
                "Version: \"v\"\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]Version: \"w\""
            })
    void refusesMalformedUpdates(String update) {
        refuses("", update);
    }
}
