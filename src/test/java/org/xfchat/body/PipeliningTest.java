package org.xfchat.body;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xfchat.memory.ClientMemory;
import org.xfchat.testing.ScarceMemory;
import org.xfchat.testing.TestDatabase;

/** Few requests wait on a connection, and in the end each is taken, whole and in its turn. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class PipeliningTest {
    private static final int MANY = 2_000;

    /** Of what is decoded at a time. */
    private static final int MOST_OF_A_SLICE = (4 << 10) / "GET /0 HTTP/1.1\r\n\r\n".length();

    @Inject
    ClientMemory memory;

    private final List<String> taken = new ArrayList<>();
    private final StringBuilder bodies = new StringBuilder();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private int begun;
    private long before;

    @BeforeEach
    void connect() {
        before = memory.used();
        channel.pipeline().addLast("httpDecoder", new HttpRequestDecoder());
        channel.pipeline().addLast("handler", new SimpleChannelInboundHandler<HttpObject>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
                if (part instanceof HttpRequest request) {
                    taken.add(request.uri());
                }
                if (part instanceof HttpContent content) {
                    bodies.append(content.content().toString(US_ASCII));
                }
            }
        });
        Pipelining.begun(channel.pipeline(), memory);
    }

    @AfterEach
    void giveBack() {
        channel.finishAndReleaseAll();
        assertThat(memory.used()).isEqualTo(before);
    }

    private static String get(int number) {
        return "GET /" + number + " HTTP/1.1\r\n\r\n";
    }

    private ByteBuf read(String requests) {
        ByteBuf bytes = Unpooled.copiedBuffer(requests, US_ASCII);
        channel.writeInbound(bytes);
        return bytes;
    }

    private void begin() {
        begun++;
        Pipelining.begun(channel.pipeline(), memory);
        channel.runPendingTasks();
    }

    @Test
    void fewAreTakenBeforeTheirTurn() {
        read(IntStream.range(0, MANY).mapToObj(PipeliningTest::get).collect(Collectors.joining()));
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(memory.used()).isGreaterThan(before);
        while (begun < MANY) {
            assertThat(taken.size() - begun).isBetween(1, MOST_OF_A_SLICE + 3);
            begin();
        }
        assertThat(taken)
                .isEqualTo(IntStream.range(0, MANY).mapToObj(i -> "/" + i).toList());
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(memory.used()).isEqualTo(before);
    }

    /** The library reads on when what it keeps of a body is taken, whoever told it not to. */
    @Test
    void whatIsReadAllTheSameIsCountedAndBounded() {
        String more = get(0).repeat(MANY);
        try (ScarceMemory scarce = ScarceMemory.large(memory, 2 << 20)) {
            assertThat(scarce).isNotNull();
            read(more);
            int taken = this.taken.size();
            int sent = 0;
            while (channel.isOpen() && sent < 100) {
                channel.config().setAutoRead(true);
                read(more);
                sent++;
                assertThat(channel.isOpen() && channel.config().isAutoRead()).isFalse();
            }
            assertThat(sent * more.length()).isBetween(512 << 10, 3 << 20);
            assertThat(channel.isOpen()).isFalse();
            assertThat(this.taken).hasSize(taken);
        }
    }

    @Test
    void oneAfterTheOtherIsNeverDelayed() {
        for (int i = 0; i < 5; i++) {
            read(get(i));
            assertThat(taken).hasSize(i + 1);
            begin();
            assertThat(channel.config().isAutoRead()).isTrue();
        }
    }

    @Test
    void aLargeBodyComesWhole() {
        String body = IntStream.range(0, 50_000).mapToObj(String::valueOf).collect(Collectors.joining(" "));
        String request = "POST / HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        for (int at = 0; at < request.length(); at += 65_536) {
            read(request.substring(at, Math.min(request.length(), at + 65_536)));
        }
        assertThat(bodies).hasToString(body);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void whatIsNotDecodedIsGivenUpWithTheConnection() {
        ByteBuf bytes = read(get(0).repeat(MANY));
        assertThat(channel.close().isSuccess()).isTrue();
        assertThat(bytes.refCnt()).isZero();
    }
}
