package org.xfchat.error;

import jakarta.ws.rs.ext.ParamConverter;
import jakarta.ws.rs.ext.ParamConverterProvider;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** UUIDs in addresses: as {@link UuidForm} has them, else 400 (JAX-RS by itself would say 404). */
@Provider
public class UuidParameters implements ParamConverterProvider {
    private static final ParamConverter<UUID> CONVERTER = new ParamConverter<>() {
        @Override
        public UUID fromString(String value) {
            if (!UuidForm.matches(value)) {
                throw new ApiException(ErrorCode.INVALID_REQUEST, "An id must be a UUID");
            }
            return UUID.fromString(value);
        }

        @Override
        public String toString(UUID value) {
            return value.toString();
        }
    };

    @Override
    @SuppressWarnings("unchecked") // T is UUID where it is answered
    public <T> @Nullable ParamConverter<T> getConverter(Class<T> type, Type generic, Annotation[] annotations) {
        return type == UUID.class ? (ParamConverter<T>) CONVERTER : null;
    }
}
