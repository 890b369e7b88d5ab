package org.xfchat;

import io.quarkus.arc.profile.IfBuildProfile;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Leads somebody who opens the service's root in a browser to Swagger UI. Both are there in dev mode only. */
@Singleton
@IfBuildProfile("dev")
class DevelopmentPage {
    void add(@Observes Router router) {
        router.route(HttpMethod.GET, "/").order(0).handler(request -> request.redirect("/q/swagger-ui"));
    }
}
