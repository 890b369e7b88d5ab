package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.testing.Person.anonymous;

import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.concurrent.atomic.AtomicInteger;

/** Callers from addresses of their own, and what they are told. */
final class Refusals {
    private static final AtomicInteger ADDRESSES = new AtomicInteger();

    private Refusals() {}

    /** One from which nobody has called yet. */
    static String newAddress() {
        return "198.51.100." + ADDRESSES.incrementAndGet();
    }

    static RequestSpecification from(String address) {
        return anonymous().header("X-Forwarded-For", address);
    }

    static void assertRefused(Response answer) {
        answer.then().statusCode(429);
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
        assertThat(answer.asString()).isEqualTo("Too many requests, wait a moment and try again");
    }
}
