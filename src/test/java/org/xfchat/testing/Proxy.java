package org.xfchat.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Stands between somebody and a port of this machine, and is as good or as bad as a network can be. */
public final class Proxy implements AutoCloseable {
    private static final byte[] COMMITTED = "COMMIT\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int CONNECT_MILLIS = 5_000;

    /** Both directions of a connection. */
    private final class Link {
        private final Socket client;
        private final Socket target;
        private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
        private volatile @Nullable LongSupplier limitedBy;

        Link(Socket client, Socket target) {
            this.client = client;
            this.target = target;
        }

        /** How many of so many bytes may still pass. */
        private int allowed(int bytes) {
            LongSupplier limit = cutAfter;
            synchronized (this) {
                if (limit != limitedBy) {
                    limitedBy = limit;
                    left.set(limit == null ? Long.MAX_VALUE : limit.getAsLong());
                }
            }
            return (int) Math.max(0, Math.min(bytes, left.getAndAdd(limit == null ? 0 : -bytes)));
        }

        void forward(Socket from, Socket to) {
            byte[] buffer = new byte[1 << 16];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    awaitFlow();
                    if (from == target && isLost(buffer, read)) {
                        return;
                    }
                    int passed = allowed(read);
                    out.write(buffer, 0, passed);
                    out.flush();
                    if (passed < read) {
                        cuts.incrementAndGet();
                        return;
                    }
                }
            } catch (IOException ended) {
                // Either side has closed its end, and with that both are closed.
                return;
            } finally {
                close();
            }
        }

        void close() {
            links.remove(this);
            closeQuietly(client);
            closeQuietly(target);
        }
    }

    private final ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final Object flow = new Object();
    private volatile @Nullable LongSupplier cutAfter;
    private volatile int losesEvery;
    private volatile boolean losesNext;
    private volatile long delayNanos;
    private volatile boolean stalled;

    /** To this port of this machine, whether or not somebody listens there yet. */
    public Proxy(int target) throws IOException {
        this.target = target;
        start(this::serve);
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** Cuts the next connection on which PostgreSQL says that it has committed, before anybody hears it. */
    public void loseNextCommit() {
        losesNext = true;
    }

    /** The same for every so-manieth; 0 for none. */
    public void loseCommits(int every) {
        losesEvery = every;
    }

    public boolean hasLost() {
        return lost.get() > 0;
    }

    /** How many connections it has cut, and how many answers to COMMIT it has lost. */
    public int faults() {
        return cuts.get() + lost.get();
    }

    /** Cuts every connection, those that are open too, after so many more bytes, asked for each; null for never. */
    public void cutAfter(@Nullable LongSupplier bytes) {
        cutAfter = bytes;
    }

    /** How long every piece is on its way. */
    public void delay(Duration time) {
        delayNanos = time.toNanos();
    }

    /** Lets nothing pass, and keeps the connections, until {@link #flow}. */
    public void stall() {
        stalled = true;
    }

    /** Undoes {@link #stall}. */
    public void flow() {
        synchronized (flow) {
            stalled = false;
            flow.notifyAll();
        }
    }

    private void awaitFlow() throws IOException {
        LockSupport.parkNanos(delayNanos);
        synchronized (flow) {
            while (stalled) {
                try {
                    flow.wait();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new IOException(interrupted);
                }
            }
        }
    }

    private boolean isLost(byte[] piece, int length) {
        if ((!losesNext && losesEvery == 0) || !saysCommitted(piece, length)) {
            return false;
        }
        int count = commits.incrementAndGet();
        if (losesNext || (losesEvery > 0 && count % losesEvery == 0)) {
            losesNext = false;
            lost.incrementAndGet();
            return true;
        }
        return false;
    }

    private static boolean saysCommitted(byte[] piece, int length) {
        for (int at = 0; at + COMMITTED.length <= length; at++) {
            int same = 0;
            while (same < COMMITTED.length && piece[at + same] == COMMITTED[same]) {
                same++;
            }
            if (same == COMMITTED.length) {
                return true;
            }
        }
        return false;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve() {
        try {
            while (!socket.isClosed()) {
                Socket client = socket.accept();
                start(() -> connect(client));
            }
        } catch (IOException closed) {
            assert socket.isClosed() : closed;
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
        } catch (IOException refused) {
            closeQuietly(client);
            return;
        }
        Link link = new Link(client, server);
        links.add(link);
        if (socket.isClosed()) {
            link.close();
        }
        start(() -> link.forward(client, server));
        link.forward(server, client);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is over in any case.
        }
    }

    /** Ends it and every connection. */
    @Override
    public void close() throws IOException {
        socket.close();
        flow();
        links.forEach(Link::close);
    }
}
