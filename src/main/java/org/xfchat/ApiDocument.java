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
 * The committed OpenAPI document: as it is in YAML, converted in JSON. The framework's own endpoint would read it into a model and write that out again at
 * every start, which took a fifth of the work until the service is ready.
 */
@Path("/q")
public class ApiDocument {
    private static final String RESOURCE = "META-INF/openapi.yaml";

    private final ObjectMapper json;

    /** Made when it is first asked for: to convert it takes about as long as a password's hash. */
    private byte @Nullable [] asJson;

    ApiDocument(ObjectMapper json) {
        this.json = json;
    }

    /**
     * As JSON where the format is {@code json} in any case, or where there is no format and {@code Accept} names JSON; else as
     * YAML.
     *
     * @param format null where it is absent
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
    @Path("openapi.{yaml:ya?ml}")
    public Response yaml() throws IOException {
        return Response.ok(text(), "application/yaml;charset=UTF-8").build();
    }

    @GET
    @Path("openapi.json")
    public Response json() throws IOException {
        return Response.ok(converted(), "application/json;charset=UTF-8").build();
    }

    private synchronized byte[] converted() throws IOException {
        byte[] known = asJson;
        if (known == null) {
            known = json.writeValueAsBytes(new ObjectMapper(new YAMLFactory()).readTree(text()));
            asJson = known;
        }
        return known;
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
