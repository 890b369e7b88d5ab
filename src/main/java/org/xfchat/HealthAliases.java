package org.xfchat;

import io.smallrye.health.SmallRyeHealth;
import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The old server's health addresses, which monitors know; they answer as {@code /q/health/ready} does. */
@Path("/health")
public class HealthAliases {
    private final SmallRyeHealthReporter health;

    HealthAliases(SmallRyeHealthReporter health) {
        this.health = health;
    }

    @GET
    public Response health() {
        SmallRyeHealth readiness = health.getReadiness();
        return Response.status(readiness.isDown() ? 503 : 200)
                .type(MediaType.APPLICATION_JSON)
                .entity(readiness.getPayload().toString())
                .build();
    }

    /** A class of its own: JAX-RS looks for a method only in classes with the longest path that fits (3.1, section 3.7.2). */
    @Path("/api/health")
    public static class UnderApi {
        private final HealthAliases aliases;

        UnderApi(HealthAliases aliases) {
            this.aliases = aliases;
        }

        @GET
        public Response health() {
            return aliases.health();
        }
    }
}
