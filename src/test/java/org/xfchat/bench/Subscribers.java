package org.xfchat.bench;

import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Readers of server-sent events, which count them (WHATWG HTML, section 9.2: one {@code data} line each here). Where a text carries a
 * time as {@code @nanoseconds@} they measure how long it was under way.
 */
final class Subscribers implements AutoCloseable {
    private static final byte[] DATA = "\ndata: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STATUS = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

    private final List<Channel> channels = new ArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicLong received = new AtomicLong();
    private final Histogram micros = new Histogram(3);
    private final boolean timed;
    private volatile long measureFrom = Long.MAX_VALUE;

    /** Whether texts carry times. */
    Subscribers(boolean timed) {
        this.timed = timed;
    }

    /** Opens so many more, without waiting for their answers; a request is everything up to its blank line. */
    void open(LoadClient client, List<Integer> ports, int count, IntFunction<String> request) {
        for (int i = 0; i < count; i++) {
            int number = channels.size();
            ChannelFuture connecting =
                    client.connect(ports.get(number % ports.size()), () -> new ChannelHandler[] {new Reader()});
            Channel channel = connecting.channel();
            channels.add(channel);
            var unused = connecting.addListener(done -> {
                if (done.isSuccess()) {
                    ByteBuf bytes = channel.alloc().buffer();
                    bytes.writeCharSequence(request.apply(number), StandardCharsets.US_ASCII);
                    LoadClient.write(channel, bytes);
                } else {
                    ended.incrementAndGet();
                }
            });
        }
    }

    /** The request of a subscriber to a conversation. */
    static String request(int conversation, String headers) {
        return "GET /sync/conversations/" + Dataset.conversation(conversation) + "/messages?limit=1 HTTP/1.1\r\n"
                + "Host: 127.0.0.1\r\nAccept: text/event-stream\r\nAuthorization: Bearer "
                + Dataset.token(conversation) + "\r\n" + headers + "\r\n";
    }

    Subscribers awaitOpen(Duration limit) {
        await("all subscribed").atMost(limit).until(() -> accepted.get() + ended.get() == channels.size());
        requireAllOpen();
        return this;
    }

    void requireAllOpen() {
        if (ended.get() > 0) {
            throw new AssertionError(ended.get() + " of " + channels.size() + " streams ended");
        }
    }

    void awaitReceived(long count, Duration limit) {
        await(count + " received")
                .atMost(limit)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> received() >= count);
    }

    /** Events so far. */
    long received() {
        return received.get();
    }

    int open() {
        return accepted.get() - ended.get();
    }

    /** Forgets what was measured so far. */
    void measureFromNow() {
        measureFrom = System.nanoTime();
    }

    /** How long events were under way; read once they have stopped. */
    Histogram micros() {
        return micros;
    }

    /** Cuts all. */
    @Override
    public void close() {
        channels.forEach(channel -> {
            var unused = channel.close();
        });
        channels.forEach(channel -> channel.closeFuture().syncUninterruptibly());
    }

    private final class Reader extends ChannelInboundHandlerAdapter {
        private int status;
        private int matched;
        private boolean inTime;
        private long time;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            try {
                int events = 0;
                int from = bytes.readerIndex();
                int to = bytes.writerIndex();
                while (from < to) {
                    if (status < STATUS.length) {
                        if (bytes.getByte(from++) != STATUS[status++]) {
                            LoadClient.cut(context);
                            return;
                        }
                        if (status == STATUS.length) {
                            accepted.incrementAndGet();
                        }
                    } else if (matched == 0) {
                        int end = bytes.indexOf(from, to, (byte) '\n');
                        from = end < 0 ? to : end + 1;
                        matched = end < 0 ? 0 : 1;
                    } else if (matched < DATA.length) {
                        byte next = bytes.getByte(from++);
                        matched = next == DATA[matched] ? matched + 1 : next == '\n' ? 1 : 0;
                        if (matched == DATA.length) {
                            events++;
                            matched = timed ? matched : 0;
                        }
                    } else {
                        readTime(bytes.getByte(from++));
                    }
                }
                received.addAndGet(events);
            } finally {
                bytes.release();
            }
        }

        /** Of a data line, up to its end. */
        private void readTime(byte next) {
            if (next == '\n') {
                matched = 1;
                inTime = false;
            } else if (next == '@') {
                if (inTime && time - measureFrom >= 0) {
                    micros.recordValue(Math.max(1, (System.nanoTime() - time) / 1_000));
                }
                inTime = !inTime;
                time = 0;
            } else if (inTime) {
                time = time * 10 + (next - '0');
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended.incrementAndGet();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LoadClient.cut(context);
        }
    }
}
