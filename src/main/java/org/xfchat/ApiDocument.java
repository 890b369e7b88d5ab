package org.xfchat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The committed OpenAPI document, as it is. The framework's own endpoint would read it into a model and write that out again at
 * every start, which took a fifth of the work until the service is ready.
 */
@Path("/q")
public class ApiDocument {
    private static final String RESOURCE = "META-INF/openapi.yaml";

    private final ObjectMapper json;

    ApiDocument(ObjectMapper json) {
        this.json = json;
    }

    /**
     * As YAML, or as JSON where the format or {@code Accept} says so.
     *
     * @param format {@code json} in any case, or anything else for what {@code Accept} says; null where it is absent
     */
    @GET
    @Path("openapi")
    public Response document(@QueryParam("format") @Nullable String format, @Context HttpHeaders headers)
            throws IOException {
        String accept = headers.getHeaderString(HttpHeaders.ACCEPT);
        boolean asJson = format == null
                ? accept != null && accept.contains("application/json")
                : format.equalsIgnoreCase("json");
        return asJson ? json() : yaml();
    }

    @GET
    @Path("openapi.yaml")
    public Response yaml() throws IOException {
        return Response.ok(text(), "application/yaml;charset=UTF-8").build();
    }

    @GET
    @Path("openapi.json")
    public Response json() throws IOException {
        byte[] converted = json.writeValueAsBytes(new ObjectMapper(new YAMLFactory()).readTree(text()));
        return Response.ok(converted, "application/json;charset=UTF-8").build();
    }

    private static byte[] text() throws IOException {
        try (InputStream document = ApiDocument.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            if (document == null) {
                throw new IllegalStateException("the artefact does not contain " + RESOURCE);
            }
            return document.readAllBytes();
        }
    }
}
