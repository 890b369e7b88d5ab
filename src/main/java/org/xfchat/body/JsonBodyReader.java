package org.xfchat.body;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyReader;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/**
 * Reads every body, which {@link BodyFilter} has received, whatever its content type, so that what is wrong with it is said after authentication: 415 for another
 * content type, 400 for what is not JSON, 422 for a field of the wrong type. Where {@link AnyContentType} says so there is only 400.
 */
@Provider
@Consumes(MediaType.WILDCARD)
public class JsonBodyReader implements ServerMessageBodyReader<Object> {
    private final ObjectMapper json;

    JsonBodyReader(ObjectMapper json) {
        this.json = json;
    }

    @Override
    public boolean isReadable(Class<?> type, Type generic, ResteasyReactiveResourceInfo resource, MediaType mediaType) {
        return type.isRecord();
    }

    @Override
    public Object readFrom(
            Class<Object> type, Type generic, @Nullable MediaType mediaType, ServerRequestContext request)
            throws IOException {
        return read(type, request.getRequestHeaders().getHeaderString("Content-Type"), request.getInputStream());
    }

    /** The framework calls the two methods above instead of this one and the next. */
    @Override
    public boolean isReadable(Class<?> type, Type generic, Annotation[] annotations, MediaType mediaType) {
        return type.isRecord();
    }

    @Override
    public Object readFrom(
            Class<Object> type,
            Type generic,
            Annotation[] annotations,
            @Nullable MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        return read(type, headers.getFirst("Content-Type"), body);
    }

    private Object read(Class<Object> type, @Nullable String contentType, InputStream body) throws IOException {
        if (!takes(type, contentType)) {
            throw new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE);
        }
        if (!(body instanceof ReceivedBody received)) {
            throw new IllegalStateException("a body is received before it is read, see BodyFilter");
        }
        Object value = read(type, received);
        received.isParsed();
        return value;
    }

    private Object read(Class<Object> type, ReceivedBody body) throws IOException {
        boolean anyContentType = type.isAnnotationPresent(AnyContentType.class);
        JsonNode tree = tree(body);
        if (anyContentType && !tree.isObject()) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "The body must be an object");
        }
        try {
            return json.treeToValue(tree, type);
        } catch (JsonMappingException mismatch) {
            throw new ApiException(
                    anyContentType ? ErrorCode.INVALID_REQUEST : ErrorCode.UNPROCESSABLE,
                    field(mismatch.getPath()) + " is missing or has the wrong type");
        }
    }

    /** Whether a body of this content type is read for a parameter of this type. */
    static boolean takes(Class<?> type, @Nullable String contentType) {
        return type.isAnnotationPresent(AnyContentType.class) || (contentType != null && isJson(contentType));
    }

    private static boolean isJson(String contentType) {
        try {
            String subtype = MediaType.valueOf(contentType).getSubtype().toLowerCase(Locale.ROOT);
            return subtype.equals("json") || subtype.endsWith("+json");
        } catch (IllegalArgumentException noMediaType) {
            return false;
        }
    }

    /** Decoded first: the parser lets overlong forms of UTF-8 pass. */
    private JsonNode tree(ReceivedBody body) throws IOException {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(body.bytes()).toString();
            JsonNode tree = json.readTree(text);
            if (tree == null || tree.isMissingNode()) {
                throw new ApiException(ErrorCode.INVALID_JSON, "The body is empty");
            }
            // In UTF-8 there are none; they come as escapes.
            if (text.contains("\\u") && hasHalfPair(tree)) {
                throw new ApiException(ErrorCode.INVALID_REQUEST, "Text must not have half a surrogate pair");
            }
            return tree;
        } catch (JsonProcessingException | CharacterCodingException malformed) {
            throw new ApiException(ErrorCode.INVALID_JSON);
        }
    }

    /** Nobody could read it, and two such texts would be stored as the same. */
    private static boolean hasHalfPair(JsonNode tree) {
        if (tree.isTextual()) {
            return tree.textValue().codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
        }
        for (JsonNode part : tree) {
            if (hasHalfPair(part)) {
                return true;
            }
        }
        return false;
    }

    private static String field(List<JsonMappingException.Reference> path) {
        String field = path.stream()
                .map(JsonMappingException.Reference::getFieldName)
                .filter(name -> name != null && name.matches("\\w{1,40}"))
                .collect(Collectors.joining("."));
        return field.isEmpty() ? "The body" : field;
    }
}
