package org.xfchat.error;

import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.handlers.ClassRoutingHandler;
import org.jboss.resteasy.reactive.server.handlers.RestInitialHandler.InitialMatch;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper;
import org.jboss.resteasy.reactive.server.spi.ServerRestHandler;

/**
 * Which methods there are at the address of a request that came with another one: RFC 9110 section 15.5.6 asks for it, and the
 * framework refuses without. Read from the framework's own routes, so that it cannot differ from them.
 */
final class AllowedMethods {
    /** The value of {@code Allow} for the current request, in alphabetical order. */
    String here() {
        ResteasyReactiveRequestContext request = CurrentRequestManager.get();
        RequestMapper<InitialMatch> classes =
                new RequestMapper<>(new ArrayList<>(request.getDeployment().getClassMappers()));
        Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
        for (RequestMapper.RequestMatch<InitialMatch> match = classes.map(request.getPathWithoutPrefix());
                match != null;
                match = classes.continueMatching(request.getPathWithoutPrefix(), match)) {
            String rest = match.remaining.isEmpty() ? "/" : match.remaining;
            for (ServerRestHandler handler : match.value.handlers) {
                if (handler instanceof ClassRoutingHandler routes) {
                    routes.getMappers().forEach((method, paths) -> {
                        if (method != null && paths.map(rest) != null) {
                            methods.add(method);
                        }
                    });
                }
            }
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return String.join(", ", methods);
    }
}
