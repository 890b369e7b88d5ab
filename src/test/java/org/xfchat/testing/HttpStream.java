package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on a connection of its own, and its answer as it comes in: nothing is buffered, retried, joined or hidden.
 *
 * <p>Reading happens on a thread of its own, which also runs the consumer. It ends with the answer, with the connection, or by
 * {@link #close}.
 */
public final class HttpStream implements AutoCloseable {
    /** How an answer ended. */
    public enum End {
        /** Complete: with its last chunk, its announced length, or in order where nothing announces an end. */
        CLEAN,
        /** The connection ended before that, or there was none. */
        ABORTED,
        /** By this side: closed, or as many bytes as it wanted. */
        CUT,
        /** What came is wrong; {@link HttpStream#check} says why. */
        WRONG
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PIECE = 8 << 10;

    private final Request request;
    private final int port;
    private final BiConsumer<HttpStream, byte[]> consumer;
    private final Socket socket = new Socket();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private final Pace pace = new Pace();
    private final ByteArrayOutputStream record = new ByteArrayOutputStream();
    private volatile Map<String, String> headers = Map.of();
    private volatile @Nullable Throwable wrong;
    private volatile boolean closed;
    private volatile boolean sevenBit = true;
    private final AtomicLong count = new AtomicLong();

    private HttpStream(int port, Request request, BiConsumer<HttpStream, byte[]> consumer) {
        this.port = port;
        this.request = request;
        this.consumer = consumer;
    }

    /** Sends a request to a port of this machine and keeps what comes for {@link #body}. */
    public static HttpStream open(int port, Request request) {
        return open(port, request, (stream, piece) -> {});
    }

    /** The same, and gives every piece of the body, as it arrived, to {@code consumer}; none once it is closed. */
    public static HttpStream open(int port, Request request, BiConsumer<HttpStream, byte[]> consumer) {
        HttpStream stream = new HttpStream(port, request, consumer);
        Thread reader = new Thread(stream::run, "http stream " + request.target());
        reader.setDaemon(true);
        reader.start();
        return stream;
    }

    private void run() {
        End how = End.ABORTED;
        try (socket) {
            socket.setReceiveBufferSize(request.receiveBuffer());
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.bytes());
            how = read(socket.getInputStream());
        } catch (IOException ended) {
            how = closed ? End.CUT : End.ABORTED;
        } catch (RuntimeException | AssertionError refused) {
            wrong = refused;
            how = End.WRONG;
        } finally {
            status.complete(0);
            end.complete(how);
        }
    }

    private End read(InputStream in) throws IOException {
        ResponseDecoder decoder = new ResponseDecoder(new ResponseDecoder.Sink() {
            @Override
            public void head(int value, Map<String, String> fields) {
                headers = fields;
                status.complete(value);
            }

            @Override
            public void body(byte[] piece) {
                take(piece);
            }
        });
        byte[] bytes = new byte[PIECE];
        while (count.get() < request.cutAfter() && !decoder.isComplete()) {
            int length = in.read(bytes, 0, Math.min(PIECE, pace.awaitTurn()));
            if (length < 0) {
                return decoder.endsWithConnection() ? End.CLEAN : End.ABORTED;
            }
            decoder.feed(bytes, length);
        }
        return decoder.isComplete() && count.get() < request.cutAfter() ? End.CLEAN : End.CUT;
    }

    private void take(byte[] all) {
        byte[] piece = Arrays.copyOf(all, (int) Math.min(all.length, request.cutAfter() - count.get()));
        count.addAndGet(piece.length);
        for (byte octet : piece) {
            if (octet < 0) {
                sevenBit = false;
            }
        }
        if (request.recorded()) {
            synchronized (record) {
                record.writeBytes(piece);
            }
        }
        if (piece.length > 0 && !closed) {
            consumer.accept(this, piece);
        }
    }

    /** Stops reading after what is just being read; the connection stays open. */
    public void pause() {
        pace.pause();
    }

    public void resume() {
        pace.resume();
    }

    /** Reads at most so many bytes each time, with so much time between. */
    public void readSlowly(int bytes, Duration between) {
        pace.slow(bytes, between);
    }

    /** The answer's status, as soon as its head is there; 0 where it ended without. */
    public int status() {
        return await(status, PATIENCE);
    }

    /** The value of a header field, after {@link #status}. */
    public Optional<String> header(String lowerCaseName) {
        return Optional.ofNullable(headers.get(lowerCaseName));
    }

    /** All header fields by their names in lower case, after {@link #status}. */
    public Map<String, String> headers() {
        return headers;
    }

    /** How it ended, if it has. */
    public Optional<End> end() {
        return Optional.ofNullable(end.getNow(null));
    }

    /** Waits until it has ended; fails the test when it goes on for longer. */
    public End awaitEnd(Duration limit) {
        return await(end, limit);
    }

    private <T> T await(CompletableFuture<T> future, Duration limit) {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError(request.target() + " goes on after " + count.get() + " bytes", late);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** How many bytes of the body came so far, without its chunks' framing. */
    public long count() {
        return count.get();
    }

    /** The body so far, without its chunks' framing; empty where the request is not recorded. */
    public byte[] body() {
        synchronized (record) {
            return record.toByteArray();
        }
    }

    public String text() {
        return new String(body(), UTF_8);
    }

    /** This side's port of the connection. */
    public int localPort() {
        return socket.getLocalPort();
    }

    /** Fails the test when what came is wrong. */
    public void check() {
        Throwable reason = wrong;
        if (reason != null) {
            throw new AssertionError("wrong answer to " + request.target(), reason);
        }
    }

    /** Fails the test when a byte of the body so far is not ASCII. */
    public void checkSevenBit() {
        assertThat(sevenBit).as("every byte of %s is ASCII", request.target()).isTrue();
    }

    /** Cuts the connection. */
    @Override
    public void close() {
        closed = true;
        pace.end();
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is over in any case.
        }
    }

    /**
     * What to ask.
     *
     * @param cutAfter ends the connection after so many bytes of the body
     * @param recorded whether to keep the body
     * @param receiveBuffer what the system keeps, in bytes, for a reader that does not read
     */
    public record Request(
            String method,
            String target,
            Map<String, String> headers,
            String body,
            long cutAfter,
            boolean recorded,
            int receiveBuffer) {
        private static final int RECEIVE_BUFFER = 64 << 10;

        public static Request get(String target, Map<String, String> headers) {
            return new Request("GET", target, headers, "", Long.MAX_VALUE, true, RECEIVE_BUFFER);
        }

        public static Request put(String target, Map<String, String> headers, String body) {
            return new Request("PUT", target, headers, body, Long.MAX_VALUE, true, RECEIVE_BUFFER);
        }

        public Request cutAfter(long bytes) {
            return new Request(method, target, headers, body, bytes, recorded, receiveBuffer);
        }

        public Request unrecorded() {
            return new Request(method, target, headers, body, cutAfter, false, receiveBuffer);
        }

        byte[] bytes() {
            StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
            headers.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            if (!body.isEmpty()) {
                head.append("Content-Length: ")
                        .append(body.getBytes(UTF_8).length)
                        .append("\r\n");
            }
            return (head + "\r\n" + body).getBytes(UTF_8);
        }
    }
}
