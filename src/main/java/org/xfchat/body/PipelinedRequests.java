package org.xfchat.body;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.xfchat.memory.ClientMemory;

/** Sees each request begin, so that it is known how many of a connection have come and not begun. */
@Singleton
class PipelinedRequests {
    /** Before everything that may answer a request. */
    private static final int FIRST = 20_000;

    private static final String BEGUN = Pipelining.class.getName();

    private final ClientMemory memory;

    PipelinedRequests(ClientMemory memory) {
        this.memory = memory;
    }

    void watch(@Observes Filters filters) {
        filters.register(this::begin, FIRST);
    }

    /** What fails before the filters is answered as well, so it waits no more. */
    void watchFailed(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(this::begin);
    }

    private void begin(RoutingContext http) {
        // One that is handled again, at another address, has begun already.
        if (http.request().version() != HttpVersion.HTTP_2
                && http.request().connection() instanceof ConnectionBase connection
                && http.get(BEGUN) == null) {
            http.put(BEGUN, true);
            Pipelining.begun(connection.channel().pipeline(), memory);
        }
        http.next();
    }
}
