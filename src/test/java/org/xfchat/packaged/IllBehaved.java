package org.xfchat.packaged;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A client that asks for anything, and then does what no client should; all of it is decided by a seed. */
final class IllBehaved {
    private enum Manner {
        NEVER_READS,
        READS_SLOWLY,
        SENDS_BYTE_BY_BYTE,
        FALLS_SILENT,
        ENDS,
        RESETS,
        STORMS
    }

    /** How much of what was asked for a slow reader takes at a time. */
    private static final int SIP = 512;

    private static final int MOST_PIPELINED = 12;
    private static final int MOST_STREAMS = 200;
    private static final int LARGEST_BODY = 20_000;

    private final Random random;
    private final Manner manner;
    private final RawConnection connection;
    private final byte[] request;
    private int sent;
    private int patience;
    private boolean gone;

    /** Sends what it begins with. */
    IllBehaved(Random random, RawConnection connection, Client.Account account, UUID conversation) {
        this.connection = connection;
        this.random = random;
        this.manner = Manner.values()[random.nextInt(Manner.values().length)];
        this.patience = random.nextInt(200);
        this.request = manner == Manner.STORMS
                ? storm(account, conversation)
                : IntStream.rangeClosed(0, random.nextInt(MOST_PIPELINED))
                        .mapToObj(i -> request(account, conversation))
                        .collect(Collectors.joining())
                        .getBytes(ISO_8859_1);
        boolean whole = manner == Manner.NEVER_READS || manner == Manner.READS_SLOWLY || manner == Manner.STORMS;
        send(whole ? request.length : random.nextInt(request.length + 1));
    }

    private void send(int bytes) {
        int end = Math.min(request.length, sent + bytes);
        gone |= !connection.send(Arrays.copyOfRange(request, sent, end));
        sent = end;
    }

    /** One step further; false once it has nothing more to do. */
    boolean goOn() {
        patience--;
        switch (manner) {
            case READS_SLOWLY -> gone |= !connection.readSome(SIP);
            case SENDS_BYTE_BY_BYTE -> send(1);
            case ENDS, RESETS -> gone |= patience < 150;
            default -> gone |= patience < -300;
        }
        if (gone || patience < -600) {
            end();
            return false;
        }
        return true;
    }

    void end() {
        if (manner == Manner.RESETS) {
            connection.reset();
        } else {
            connection.close();
        }
    }

    private record Wish(String method, String path, List<String> headers, int body) {}

    private Wish wish(UUID conversation) {
        String log = "/sync/conversations/" + conversation + "/messages";
        int body = 1 + random.nextInt(LARGEST_BODY);
        return switch (random.nextInt(14)) {
            case 0 -> new Wish("GET", log, List.of("subscribe: true"), 0);
            case 1 -> new Wish("GET", log, List.of("accept: text/event-stream"), 0);
            case 2 -> new Wish("GET", "/chat", List.of("subscribe: true"), 0);
            case 3 -> new Wish("GET", "/realtime", List.of("subscribe: true"), 0);
            case 4 -> new Wish("GET", "/api/conversations/" + conversation + "/messages?limit=500", List.of(), 0);
            case 5 -> new Wish("GET", "/api/conversations", List.of(), 0);
            case 6 -> new Wish("GET", "/api/" + random.nextInt(), List.of(), 0);
            case 7 -> new Wish("PUT", log + "/" + new UUID(random.nextLong(), random.nextLong()), List.of(), body);
            case 8 -> new Wish("PUT", "/chat", List.of(), body);
            case 9 -> new Wish("POST", "/api/friends/respond", List.of(), body);
            case 10 -> new Wish("POST", "/api/auth/login", List.of(), body);
            case 11 -> new Wish("DELETE", "/api/auth/me", List.of(), body);
            case 12 -> new Wish("POST", "/typing", List.of(), body);
            default -> new Wish("POST", "/api/" + random.nextInt(), List.of(), body);
        };
    }

    private String content(int length) {
        String frame = "{\"content\":\"\",\"text\":\"x\"}";
        return random.nextInt(4) == 0 || length < frame.length()
                ? " ".repeat(length)
                : frame.replaceFirst("\"\"", "\"" + "x".repeat(length - frame.length()) + "\"");
    }

    private String request(Client.Account account, UUID conversation) {
        Wish wish = wish(conversation);
        StringBuilder text = new StringBuilder(wish.method() + " " + wish.path() + " HTTP/1.1\r\nHost: x\r\n");
        text.append("Authorization: Bearer ").append(account.token()).append("\r\n");
        wish.headers().forEach(header -> text.append(header).append("\r\n"));
        if (wish.body() > 0) {
            text.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(wish.body())
                    .append("\r\n");
        }
        text.append("\r\n");
        return wish.body() > 0 ? text.append(content(wish.body())).toString() : text.toString();
    }

    private byte[] storm(Client.Account account, UUID conversation) {
        Http2Settings settings = new Http2Settings();
        if (random.nextBoolean()) {
            settings.initialWindowSize(random.nextInt(100_000));
        }
        if (random.nextInt(5) == 0) {
            settings.maxHeaderListSize(1);
        }
        Http2Frames frames = new Http2Frames().settings(settings);
        int last = 2 * random.nextInt(MOST_STREAMS);
        for (int stream = 1; stream < last; stream += 2) {
            Wish wish = wish(conversation);
            Http2Headers headers =
                    Http2Frames.request(wish.method(), wish.path()).add("authorization", "Bearer " + account.token());
            wish.headers().forEach(header -> {
                int colon = header.indexOf(':');
                headers.add(header.substring(0, colon), header.substring(colon + 2));
            });
            if (wish.body() > 0) {
                headers.add("content-type", "application/json");
                int some = Math.min(wish.body(), 200);
                frames.headers(stream, headers, false)
                        .data(stream, content(some).getBytes(ISO_8859_1), random.nextBoolean());
            } else {
                frames.headers(stream, headers, true);
            }
            if (random.nextInt(4) == 0) {
                frames.reset(stream);
            }
        }
        return frames.bytes();
    }

    @Override
    public String toString() {
        return manner + " " + sent + "/" + request.length;
    }
}
