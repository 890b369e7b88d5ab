package org.xfchat.testing;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.impl.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A request of HTTP/1.1 without a connection, which is answered with a stream: its socket takes everything, and remembers it. It
 * fails where it is told to.
 */
public final class Unconnected {
    private final Queue<String> written = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Error> nextLook = new AtomicReference<>();
    private final AtomicReference<@Nullable Error> nextTask = new AtomicReference<>();
    private final RoutingContext http;
    private volatile boolean gone;

    /** @param vertx whose event loops it uses */
    public Unconnected(Vertx vertx) {
        EventLoop real = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
        EventLoop loop = proxy(EventLoop.class, (self, method, arguments) -> {
            if (method.getName().equals("execute")) {
                failIfAsked(nextTask);
            }
            return call(method, real, arguments);
        });
        ContextInternal context =
                proxy(ContextInternal.class, (self, method, arguments) -> only(method, "nettyEventLoop", loop));
        Vertx own = proxy(Vertx.class, (self, method, arguments) -> only(method, "getOrCreateContext", context));
        HttpServerResponse response = proxy(HttpServerResponse.class, this::respond);
        HttpServerRequest request =
                proxy(HttpServerRequest.class, (self, method, arguments) -> switch (method.getName()) {
                    case "version" -> HttpVersion.HTTP_1_1;
                    case "connection" -> null;
                    case "response" -> response;
                    case "headers" -> MultiMap.caseInsensitiveMultiMap();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        this.http = proxy(RoutingContext.class, (self, method, arguments) -> switch (method.getName()) {
            case "vertx" -> own;
            case "request" -> request;
            case "response" -> response;
            case "addEndHandler" -> 0;
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Unconnected.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object only(Method method, String name, Object answer) {
        if (!method.getName().equals(name)) {
            throw new UnsupportedOperationException(method.getName());
        }
        return answer;
    }

    private static @Nullable Object call(Method method, Object target, @Nullable Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    private static void failIfAsked(AtomicReference<@Nullable Error> next) {
        Error error = next.getAndSet(null);
        if (error != null) {
            throw error;
        }
    }

    private Object respond(Object self, Method method, @Nullable Object[] arguments) {
        return switch (method.getName()) {
            case "headWritten", "ended", "writeQueueFull" -> false;
            case "closed" -> {
                failIfAsked(nextLook);
                yield gone;
            }
            case "headers" -> MultiMap.caseInsensitiveMultiMap();
            case "write" -> {
                written.add(String.valueOf(arguments[0]));
                yield Future.succeededFuture();
            }
            default -> self;
        };
    }

    /** What is handed to whoever answers. */
    public RoutingContext http() {
        return http;
    }

    /** All that was written so far. */
    public String text() {
        return String.join("", written);
    }

    /** Lets the next look at whether the client is there fail. */
    public void failNextLook(Error error) {
        nextLook.set(error);
    }

    /** Lets its event loop refuse the next task. */
    public void failNextTask(Error error) {
        nextTask.set(error);
    }

    /** Whether what was to fail last has failed. */
    public boolean hasFailed() {
        return nextLook.get() == null && nextTask.get() == null;
    }

    /** As if the client had gone. */
    public void leave() {
        gone = true;
    }
}
