package org.xfchat.body;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.xfchat.memory.ClientMemory;
import org.xfchat.memory.Reservation;

/**
 * The requests on one connection of HTTP/1.1 that wait behind one that is not answered yet (RFC 9112 section 9.3.2). The library
 * takes as many as come; here no more is read while some wait, and what they hold is counted. All of it on the connection's
 * event loop.
 */
final class Pipelining {
    /** As the library calls them: what makes requests of bytes, and who takes those. */
    private static final String DECODER = "httpDecoder";

    private static final String TAKER = "handler";
    private static final String NAME = Pipelining.class.getName();

    /** Of one that waits, with what the library makes of it. */
    private static final int BYTES = 2 << 10;

    /** Of what is read and waits to be decoded: as much as one read takes. */
    private static final int UNDECODED = 64 << 10;

    /** They need not be counted: as many as this are what any connection is. */
    private static final int FEW = 2;

    /** Decoded at a time, so that few more than those come of it. */
    private static final int SLICE = 4 << 10;

    private final ClientMemory memory;
    private final Requests requests = new Requests();
    private final Bytes bytes = new Bytes();

    /** Of what waits; null where too few ever have. */
    private @Nullable Reservation held;

    private int waiting;
    private boolean paused;
    private boolean cut;

    private Pipelining(ClientMemory memory) {
        this.memory = memory;
    }

    /** A request of this connection is carried out from now on. */
    static void begun(ChannelPipeline pipeline, ClientMemory memory) {
        ChannelHandlerContext known = pipeline.context(NAME);
        if (known != null) {
            ((Requests) known.handler()).begun(known);
        } else if (pipeline.get(DECODER) != null && pipeline.get(TAKER) != null) {
            Pipelining added = new Pipelining(memory);
            pipeline.addBefore(DECODER, NAME + ".bytes", added.bytes);
            pipeline.addBefore(TAKER, NAME, added.requests);
        }
    }

    /** Whether there is memory for as many as wait now: of the other end's address, which may be a proxy's. */
    private boolean count(ChannelHandlerContext context) {
        if (held == null) {
            held = memory.reservation(
                    context.channel().remoteAddress() instanceof InetSocketAddress client
                            ? String.valueOf(client.getAddress())
                            : "unknown");
        }
        return held.tryResize(paused ? Math.max(UNDECODED, bytes.size()) + (long) waiting * BYTES : 0);
    }

    /** Nothing is written any more to a client that does not wait for answers, and for whom there is no memory. */
    private void countOrCut(ChannelHandlerContext context) {
        if (!count(context)) {
            cut = true;
            var unused = context.close();
        }
    }

    /** Before they are taken. */
    private final class Requests extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (!cut && message instanceof HttpRequest) {
                waiting++;
                if (waiting > FEW) {
                    pause(context);
                }
            }
            if (cut) {
                ReferenceCountUtil.release(message);
            } else {
                context.fireChannelRead(message);
            }
        }

        private void pause(ChannelHandlerContext context) {
            if (!paused) {
                paused = true;
                context.channel().config().setAutoRead(false);
            }
            countOrCut(context);
        }

        void begun(ChannelHandlerContext context) {
            waiting--;
            if (paused && !cut) {
                paused = waiting > 0;
                // Less than before, for which there is always memory.
                count(context);
                if (!paused) {
                    // Not from within what was decoded before.
                    context.executor().execute(bytes::goOn);
                }
            }
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            if (held != null) {
                held.close();
            }
        }
    }

    /** Before they are decoded. */
    private final class Bytes extends ChannelInboundHandlerAdapter {
        private @Nullable ChannelHandlerContext context;
        private @Nullable ByteBuf undecoded;

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
        }

        @Override
        public void channelRead(ChannelHandlerContext reading, Object message) {
            if (cut) {
                ReferenceCountUtil.release(message);
            } else if (message instanceof ByteBuf read
                    && (paused || undecoded != null || read.readableBytes() > SLICE)) {
                undecoded = undecoded == null
                        ? read
                        : reading.alloc().compositeBuffer().addComponents(true, undecoded, read);
                if (paused) {
                    // The library reads again when what it keeps of a request's body is taken.
                    reading.channel().config().setAutoRead(false);
                    countOrCut(reading);
                } else {
                    decode(reading);
                }
            } else {
                reading.fireChannelRead(message);
            }
        }

        /** Of what waits. */
        long size() {
            return undecoded == null ? 0 : undecoded.readableBytes();
        }

        private void decode(ChannelHandlerContext reading) {
            while (undecoded != null && !paused && !cut) {
                ByteBuf all = undecoded;
                if (all.readableBytes() <= SLICE) {
                    undecoded = null;
                    reading.fireChannelRead(all);
                } else {
                    reading.fireChannelRead(all.readRetainedSlice(SLICE));
                }
            }
        }

        private void goOn() {
            if (context == null || context.isRemoved() || paused || cut) {
                return;
            }
            decode(context);
            context.fireChannelReadComplete();
            if (!paused && !cut) {
                context.channel().config().setAutoRead(true);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext gone) {
            drop();
            gone.fireChannelInactive();
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext removed) {
            drop();
        }

        private void drop() {
            if (undecoded != null) {
                undecoded.release();
                undecoded = null;
            }
        }
    }
}
