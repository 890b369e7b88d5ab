package org.xfchat.response;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.inject.Provider;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Set;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;
import org.xfchat.memory.Reservation;

/** Writes every entity as JSON, within the memory that there is for answers. */
@jakarta.ws.rs.ext.Provider
@Produces(MediaType.APPLICATION_JSON)
public class JsonBodyWriter implements ServerMessageBodyWriter<Object> {
    private static final Set<Class<?>> WRITTEN_AS_THEY_ARE = Set.of(String.class, byte[].class);

    private final ObjectMapper json;
    // Writers are made before the configuration is known.
    private final Provider<UnsentAnswers> unsent;
    private final CurrentReservation current;
    private final CurrentVertxRequest http;

    JsonBodyWriter(
            ObjectMapper json, Provider<UnsentAnswers> unsent, CurrentReservation current, CurrentVertxRequest http) {
        this.json = json;
        this.unsent = unsent;
        this.current = current;
        this.http = http;
    }

    @Override
    public boolean isWriteable(
            Class<?> type, Type generic, ResteasyReactiveResourceInfo resource, MediaType mediaType) {
        return !WRITTEN_AS_THEY_ARE.contains(type);
    }

    @Override
    public void writeResponse(Object entity, Type generic, ServerRequestContext request) throws IOException {
        byte[] body = bytes(entity);
        Reservation held = current.take();
        try {
            held.resize(body.length);
        } catch (RuntimeException refused) {
            held.close();
            throw refused;
        }
        ResponseWriter.send(http.getCurrent(), body, held, unsent.get());
    }

    private byte[] bytes(Object entity) throws JsonProcessingException {
        Object value = entity instanceof Body body ? body.take() : entity;
        return value instanceof byte[] encoded ? encoded : json.writeValueAsBytes(value);
    }

    /** The framework calls the two methods above instead of this one and the next. */
    @Override
    public boolean isWriteable(Class<?> type, Type generic, Annotation[] annotations, MediaType mediaType) {
        return !WRITTEN_AS_THEY_ARE.contains(type);
    }

    @Override
    public void writeTo(
            Object entity,
            Class<?> type,
            Type generic,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        out.write(bytes(entity));
    }
}
