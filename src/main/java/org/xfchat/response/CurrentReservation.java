package org.xfchat.response;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.RequestScoped;
import org.jspecify.annotations.Nullable;
import org.xfchat.account.CurrentCaller;
import org.xfchat.limit.Proxies;
import org.xfchat.memory.ClientMemory;
import org.xfchat.memory.Reservation;

/** The memory for this request's answer. */
@RequestScoped
public class CurrentReservation {
    private final ClientMemory memory;
    private final CurrentCaller caller;
    private final Proxies proxies;
    private final CurrentVertxRequest http;
    private @Nullable Reservation reservation;

    CurrentReservation(ClientMemory memory, CurrentCaller caller, Proxies proxies, CurrentVertxRequest http) {
        this.memory = memory;
        this.caller = caller;
        this.proxies = proxies;
        this.http = http;
    }

    /** Closed at the end of the request, unless the answer is being sent by then. */
    public Reservation get() {
        Reservation known = reservation;
        if (known == null) {
            known = memory.reservation(caller.find().<Object>map(user -> user).orElseGet(this::address));
            reservation = known;
        }
        return known;
    }

    private Object address() {
        return proxies.client(http.getCurrent());
    }

    /** The same, to be closed by who takes it. */
    public Reservation take() {
        Reservation taken = get();
        reservation = null;
        return taken;
    }

    @PreDestroy
    void end() {
        if (reservation != null) {
            reservation.close();
        }
    }
}
