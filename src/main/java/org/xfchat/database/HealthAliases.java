package org.xfchat.database;

import io.smallrye.health.SmallRyeHealth;
import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The old server's health addresses, which monitors know; they answer as {@code /q/health/ready} does. */
@Path("/")
public class HealthAliases {
    private final SmallRyeHealthReporter health;

    HealthAliases(SmallRyeHealthReporter health) {
        this.health = health;
    }

    @GET
    @Path("health")
    public Response health() {
        SmallRyeHealth readiness = health.getReadiness();
        return Response.status(readiness.isDown() ? 503 : 200)
                .type(MediaType.APPLICATION_JSON)
                .entity(readiness.getPayload().toString())
                .build();
    }

    @GET
    @Path("api/health")
    public Response apiHealth() {
        return health();
    }
}
