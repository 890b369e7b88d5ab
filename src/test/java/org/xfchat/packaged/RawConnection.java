package org.xfchat.packaged;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.xfchat.testing.Service;

/** A connection to a service that sends any bytes, and reads whatever comes or nothing. */
final class RawConnection implements AutoCloseable {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");

    private final Socket socket;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean ended;
    private boolean reset;

    RawConnection(Service service) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), service.port());
            socket.setTcpNoDelay(true);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** Sends bytes; whether the other side still takes them. */
    boolean send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException cut) {
            return false;
        }
    }

    boolean send(String text) {
        return send(text.getBytes(ISO_8859_1));
    }

    /** Says that nothing more will come. */
    void endOfRequest() {
        try {
            socket.shutdownOutput();
        } catch (IOException cut) {
            ended = true;
        }
    }

    /** Reads until the other side has cut or ended the connection; false where it goes on for longer. */
    boolean awaitEnd(Duration limit) {
        return await(limit, () -> ended);
    }

    private boolean await(Duration limit, BooleanSupplier reached) {
        long end = System.nanoTime() + limit.toNanos();
        byte[] bytes = new byte[64 << 10];
        try {
            InputStream in = socket.getInputStream();
            while (!ended && !reached.getAsBoolean()) {
                long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
                if (left <= 0) {
                    return false;
                }
                socket.setSoTimeout((int) left);
                int length = in.read(bytes);
                if (length < 0) {
                    ended = true;
                } else {
                    received.write(bytes, 0, length);
                }
            }
        } catch (SocketTimeoutException late) {
            return false;
        } catch (SocketException cut) {
            ended = true;
            reset = true;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return true;
    }

    /** Whether {@link #awaitEnd} saw a reset (RST), not an end in order (FIN). */
    boolean wasReset() {
        return reset;
    }

    /** Reads until there is an answer's first line; its status, or 0 where the connection ends without one. */
    int awaitStatus(Duration limit) {
        boolean unused = await(limit, () -> !statuses().isEmpty());
        return statuses().isEmpty() ? 0 : statuses().get(0);
    }

    /** Reads what is there, at most so many bytes; whether the other side still holds the connection. */
    boolean readSome(int most) {
        byte[] bytes = new byte[most];
        try {
            socket.setSoTimeout(1);
            ended |= socket.getInputStream().read(bytes) < 0;
        } catch (SocketTimeoutException nothing) {
            return true;
        } catch (IOException cut) {
            ended = true;
        }
        return !ended;
    }

    /** Ends the connection with a reset (RST) instead of an end (FIN). */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyCut) {
            ended = true;
        }
    }

    /** All that was received. */
    String text() {
        return received.toString(ISO_8859_1);
    }

    byte[] bytes() {
        return received.toByteArray();
    }

    /** The statuses of the answers received, in their order. */
    List<Integer> statuses() {
        return STATUS.matcher(text()).results().map(RawConnection::status).toList();
    }

    private static int status(MatchResult line) {
        return Integer.parseInt(line.group(1));
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyCut) {
            ended = true;
        }
    }
}
