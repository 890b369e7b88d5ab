package org.xfchat.error;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** What a user can report, and an operator can find. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class RequestIdTest {
    private static String named(String sent) {
        return Person.anonymous()
                .header(RequestId.HEADER, sent)
                .get("/api/contacts")
                .header(RequestId.HEADER);
    }

    @Test
    void everyAnswerHasOneOfItsOwn() {
        Response one = Person.anonymous().get("/health");
        Response other = Person.anonymous().get("/no/such/address");
        assertThat(UUID.fromString(one.header(RequestId.HEADER)))
                .isNotEqualTo(UUID.fromString(other.header(RequestId.HEADER)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "proxy.7-a_B", "0123456789012345678901234567890123456789012345678901234567890123"})
    void whatAProxyCallsARequestIsKept(String sent) {
        assertThat(named(sent)).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "a b",
                "a\tb",
                "\u00e4",
                "a\"b",
                "a,b",
                "<b>",
                "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void whatCouldBreakALineIsReplaced(String sent) {
        assertThat(UUID.fromString(named(sent))).isNotNull();
    }
}
