package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xfchat.testing.ManagementAddress;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** Speaks to one packaged service over HTTP. */
final class Client {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Pattern SIGNED_UP = Pattern.compile("\"token\":\"([^\"]+)\".*\"id\":\"([^\"]+)\"");

    /** Of every account. */
    static final String PASSWORD = "correct horse";

    private static final Set<String> OPERATORS = Set.of("/q/metrics", "/q/info");

    /** An account's token and id. */
    record Account(String token, UUID id) {}

    private final Service service;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    Client(Service service) {
        this.service = service;
    }

    /** What only operators read is asked for where they do. */
    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(
                        OPERATORS.contains(path) ? ManagementAddress.uri(service, path) : service.uri(path))
                .GET());
    }

    Account signUp() {
        String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
        HttpResponse<String> answer = send(HttpRequest.newBuilder(service.uri("/api/auth/signup"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"username\":\"" + name + "\",\"email\":\"" + name
                        + "@example.test\",\"password\":\"" + PASSWORD + "\"}")));
        Matcher account = SIGNED_UP.matcher(answer.body());
        assertThat(account.find()).as(answer.body()).isTrue();
        return new Account(account.group(1), UUID.fromString(account.group(2)));
    }

    /** A new group conversation in which this account takes part alone. */
    static UUID conversationOf(OwnServer server, String database, Account account) {
        UUID conversation = UUID.randomUUID();
        server.execute(
                database,
                "insert into conversations (id, kind) values ('" + conversation + "', 'group')",
                "insert into conversation_participants (conversation_id, user_id) values ('" + conversation + "', '"
                        + account.id() + "')");
        return conversation;
    }

    HttpResponse<String> put(Account account, UUID conversation, UUID message) {
        return send(HttpRequest.newBuilder(service.uri("/sync/conversations/" + conversation + "/messages/" + message))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + account.token())
                .PUT(BodyPublishers.ofString("{\"content\":\"hello\",\"message_type\":\"text\"}")));
    }

    HttpResponse<String> markRead(Account account, UUID message) {
        return send(HttpRequest.newBuilder(service.uri("/api/messages/" + message + "/read"))
                .header("Authorization", "Bearer " + account.token())
                .method("PATCH", BodyPublishers.noBody()));
    }

    /** Any request, made for {@link Service#uri}; fails the test where no answer comes. */
    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
        } catch (IOException noAnswer) {
            throw new AssertionError("no answer", noAnswer);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
