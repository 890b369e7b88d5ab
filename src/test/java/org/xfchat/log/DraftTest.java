package org.xfchat.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DraftTest {
    private static final UUID ID = UUID.randomUUID();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "\u00fc",
                "\u07ff",
                "\u0800",
                "\u20ac",
                "\uffff",
                "\ud83d\ude00",
                "a\u00fc\u20ac\ud83d\ude00"
            })
    void contentIsMeasuredAsUtf8(String content) {
        assertThat(new Draft(ID, ID, ID, null, List.of(), "text", content, Map.of(), false).contentBytes())
                .isEqualTo(content.getBytes(StandardCharsets.UTF_8).length);
    }
}
