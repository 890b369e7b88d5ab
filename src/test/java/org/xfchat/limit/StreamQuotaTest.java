package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

class StreamQuotaTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final StreamQuota quota =
            new StreamQuota(TestLimits.with(Map.of("streams-per-user", "2", "streams", "3")), meters);
    private final UUID ann = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();

    private void assertRefused(ThrowingCallable open, String scope, int times) {
        assertThatExceptionOfType(ApiException.class).isThrownBy(open).satisfies(refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
            assertThat(Integer.parseInt(refused.headers().get("Retry-After"))).isBetween(5, 15);
        });
        assertThat(meters.get("xfchat.limit.refused")
                        .tags("action", "stream", "scope", scope)
                        .counter()
                        .count())
                .isEqualTo(times);
    }

    @Test
    void aUserHasSoManyAndAnotherOneAsMany() {
        quota.take(ann);
        quota.take(ann);
        assertRefused(() -> quota.require(ann), "user", 1);
        assertRefused(() -> quota.take(ann), "user", 2);
        assertThatNoException().isThrownBy(() -> quota.require(bob));
        quota.leave(ann);
        assertThatNoException().isThrownBy(() -> quota.require(ann));
        assertThatNoException().isThrownBy(() -> quota.take(ann));
    }

    @Test
    void allTogetherHaveSoMany() {
        quota.take(ann);
        quota.take(ann);
        quota.take(bob);
        assertRefused(() -> quota.require(bob), "total", 1);
        assertRefused(() -> quota.take(UUID.randomUUID()), "total", 2);
        quota.leave(ann);
        assertThatNoException().isThrownBy(() -> quota.take(bob));
    }

    @Test
    void offNobodyIsRefused() {
        StreamQuota unlimited =
                new StreamQuota(TestLimits.with(Map.of("enabled", "false", "streams-per-user", "1")), meters);
        for (int i = 0; i < 5; i++) {
            unlimited.require(ann);
            unlimited.take(ann);
        }
    }
}
