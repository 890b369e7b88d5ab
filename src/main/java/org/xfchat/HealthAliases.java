package org.xfchat;

import io.quarkus.vertx.http.ManagementInterface;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.health.SmallRyeHealth;
import io.smallrye.health.SmallRyeHealthReporter;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * How the service is, on both ports: probes and monitors that know only the service's own port go on, and so do those that know the old server's
 * addresses. These answer as {@code /q/health/ready} does. Everything else of {@code /q/} that operators read is on the management port only.
 *
 * <p>None of it needs a worker: who asks whether the service lives is answered while all of them wait for the database.
 */
@Path("/q/health")
@NonBlocking
public class HealthAliases {
    private final SmallRyeHealthReporter health;

    HealthAliases(SmallRyeHealthReporter health) {
        this.health = health;
    }

    @GET
    public Uni<Response> all() {
        return answer(health.getHealthAsync());
    }

    @GET
    @Path("live")
    public Uni<Response> live() {
        return answer(health.getLivenessAsync());
    }

    @GET
    @Path("ready")
    public Uni<Response> ready() {
        return answer(health.getReadinessAsync());
    }

    @GET
    @Path("started")
    public Uni<Response> started() {
        return answer(health.getStartupAsync());
    }

    /** Written as the management port writes it, over several lines. */
    private Uni<Response> answer(Uni<SmallRyeHealth> found) {
        return found.map(state -> {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            health.reportHealth(text, state);
            return response(state, text.toString(StandardCharsets.UTF_8));
        });
    }

    /** Written without spaces: monitors of the old addresses may look for {@code "status":"UP"}. */
    private Uni<Response> readyInOneLine() {
        return health.getReadinessAsync()
                .map(state -> response(state, state.getPayload().toString()));
    }

    private static Response response(SmallRyeHealth state, String text) {
        return Response.status(state.isDown() ? 503 : 200)
                .type(MediaType.APPLICATION_JSON)
                .entity(text)
                .build();
    }

    @Path("/health")
    @NonBlocking
    public static class OfTheOldServer {
        private final HealthAliases aliases;

        OfTheOldServer(HealthAliases aliases) {
            this.aliases = aliases;
        }

        @GET
        public Uni<Response> health() {
            return aliases.readyInOneLine();
        }
    }

    /** A class of its own: JAX-RS looks for a method only in classes with the longest path that fits (3.1, section 3.7.2). */
    @Path("/api/health")
    @NonBlocking
    public static class UnderApi {
        private final HealthAliases aliases;

        UnderApi(HealthAliases aliases) {
            this.aliases = aliases;
        }

        @GET
        public Uni<Response> health() {
            return aliases.readyInOneLine();
        }
    }

    @Singleton
    static class OnTheManagementPort {
        void add(@Observes ManagementInterface management) {
            management.router().route("/health").handler(request -> request.reroute("/q/health/ready"));
            management.router().route("/api/health").handler(request -> request.reroute("/q/health/ready"));
        }
    }
}
