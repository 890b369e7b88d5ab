package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.xfchat.testing.Service;

/** Pages of 4 MiB, asked for by many at once, read or not: a service of 256 MiB answers everybody, or says why not. */
@Tag("nightly")
class LargeAnswersIT {
    private static final int PAGE = 500;
    private static final int READERS = 48;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int UNREAD = 100;
    private static final Duration GIVEN_UP = Duration.ofSeconds(30);
    private static final String MEMORY = "xfchat_memory_used_bytes";
    private static final String CUT = "xfchat_answer_cut_total";

    @RegisterExtension
    static final Attacked ATTACKED = new Attacked(
            Map.of("LIMITS", "off", "XFCHAT_HTTP_STALL_TIMEOUT", "5S", "QUARKUS_HTTP_IDLE_TIMEOUT", "40S"));

    private static Service service;
    private static Client client;
    private static List<Client.Account> accounts;
    private static UUID conversation;

    @BeforeAll
    static void start() {
        service = ATTACKED.service();
        client = ATTACKED.client();
        Replicas replicas = ATTACKED.replicas();
        accounts = replicas.signUp(4);
        conversation = replicas.conversationOf(accounts);
        replicas.fill(conversation, accounts.get(0), PAGE, "repeat('x', 8000)");
    }

    private static Client.Account account(int number) {
        return accounts.get(number % accounts.size());
    }

    private static String path() {
        return "/api/conversations/" + conversation + "/messages?limit=" + PAGE;
    }

    private static HttpResponse<String> read(int number) {
        return client.send(HttpRequest.newBuilder(service.uri(path()))
                .header("Authorization", "Bearer " + account(number).token()));
    }

    @Test
    void manyReadersGetThemWholeSoonerOrLater() throws ExecutionException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        AtomicInteger refused = new AtomicInteger();
        try {
            List<Future<Integer>> lengths = IntStream.range(0, READERS)
                    .mapToObj(number -> threads.submit(() -> readAtLast(number, refused)))
                    .toList();
            for (Future<Integer> length : lengths) {
                assertThat(length.get()).isGreaterThan(PAGE * 8000);
            }
        } finally {
            threads.shutdownNow();
        }
        System.out.println(READERS + " large pages, and " + refused + " refusals");
    }

    /** The page's length; a client comes back after a refusal, when it is told to. */
    private static int readAtLast(int number, AtomicInteger refused) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            HttpResponse<String> page = read(number);
            if (page.statusCode() == 200) {
                return page.body().length();
            }
            assertThat(page.statusCode()).as(page.body()).isIn(429, 503);
            assertThat(System.nanoTime() - end).as("%s refusals", refused).isNegative();
            refused.incrementAndGet();
            TimeUnit.SECONDS.sleep(
                    Long.parseLong(page.headers().firstValue("Retry-After").orElseThrow()));
        }
    }

    /** Several on each connection: one alone might be taken by the kernel's buffers. */
    @Test
    void whoeverDoesNotReadIsCut() {
        double before = ATTACKED.metric(CUT);
        for (int number = 0; number < UNREAD; number++) {
            String request = "GET " + path() + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                    + account(number).token() + "\r\n\r\n";
            ATTACKED.connect(request.repeat(5));
        }
        ATTACKED.signs().answers();
        await("given up")
                .atMost(GIVEN_UP)
                .untilAsserted(() -> assertThat(ATTACKED.metric(CUT) - before).isPositive());
        await("all memory is given back, with every connection open on this side")
                .atMost(GIVEN_UP)
                .untilAsserted(() -> assertThat(ATTACKED.metric(MEMORY)).isZero());
        assertThat(read(0).statusCode()).isEqualTo(200);
    }
}
