package org.xfchat.conversation;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xfchat.account.Authenticated;
import org.xfchat.account.CurrentCaller;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.error.IntegerParameter;
import org.xfchat.error.UuidForm;
import org.xfchat.response.Body;
import org.xfchat.response.CurrentReservation;
import org.xfchat.stream.RequestHeaders;

/** {@code /api/conversations} (contract 1.9). */
@Path("/api")
@Authenticated
public class ConversationResource {
    private static final List<String> KINDS = List.of("direct", "group");

    private static final Pattern TAG = Pattern.compile("(?:W/)?\"([^\"]*)\"");
    private static final Pattern PLACE = Pattern.compile("(\\d{1,18})_(" + UuidForm.REGEX + ")");

    /**
     * The shape of the answer, which is written piece by piece: most recently active first.
     *
     * @param next for {@code after}; null at the end
     */
    @RegisterForReflection
    public record Conversations(
            List<ConversationView> conversations,
            @JsonProperty("has_more") boolean hasMore,
            @Nullable String next) {}

    private final ConversationList list;
    private final CurrentCaller caller;
    private final CurrentReservation reservation;

    ConversationResource(ConversationList list, CurrentCaller caller, CurrentReservation reservation) {
        this.list = list;
        this.caller = caller;
        this.reservation = reservation;
    }

    /**
     * Direct conversations unless {@code kind} asks for others: the old client takes the first conversation that contains a
     * contact for the one with that contact. More than 4 MiB of them come in pages.
     */
    @GET
    @Path("conversations")
    public Response conversations(
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("after") @Nullable String after,
            @QueryParam("kind") @Nullable String kind,
            @Context RoutingContext http) {
        List<String> kinds = kind == null ? List.of("direct") : List.of(kind.split(",", -1));
        if (!KINDS.containsAll(kinds)) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "kind must be direct, group or direct,group");
        }
        int most = (int) IntegerParameter.of(limit, "limit", 1, Integer.MAX_VALUE, Integer.MAX_VALUE);
        ConversationList.Place place = after == null || after.isEmpty() ? null : place(after);
        ConversationList.Page page =
                list.page(new ConversationList.Query(caller.get().id(), kinds, most, place), reservation.get());
        byte[] body = body(page);
        EntityTag tag = new EntityTag(digest(body), true);
        Response.ResponseBuilder response = isKnown(tag, RequestHeaders.text(http, HttpHeaders.IF_NONE_MATCH))
                ? Response.notModified()
                : Response.ok(Body.ofJson(body), MediaType.APPLICATION_JSON_TYPE);
        return response.tag(tag)
                .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                .header(HttpHeaders.VARY, HttpHeaders.AUTHORIZATION)
                .build();
    }

    /**
     * Where a list goes on, as {@link #text} writes it.
     *
     * @throws ApiException {@code INVALID_REQUEST}
     */
    private static ConversationList.Place place(String text) {
        Matcher place = PLACE.matcher(text);
        if (!place.matches()) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "after must be the next of the page before");
        }
        return new ConversationList.Place(Long.parseLong(place.group(1)), UUID.fromString(place.group(2)));
    }

    private static String text(ConversationList.Place place) {
        return place.micros() + "_" + place.conversation();
    }

    /** Weakly compared (RFC 9110 sections 8.8.3.2 and 13.1.2). */
    private static boolean isKnown(EntityTag tag, @Nullable String ifNoneMatch) {
        if (ifNoneMatch == null) {
            return false;
        }
        return ifNoneMatch.strip().equals("*")
                || TAG.matcher(ifNoneMatch)
                        .results()
                        .anyMatch(one -> one.group(1).equals(tag.getValue()));
    }

    /** In one array of just that length: a list may be large. */
    private static byte[] body(ConversationList.Page page) {
        String next = page.next() == null ? "null" : "\"" + text(page.next()) + "\"";
        byte[] head = ascii("{\"conversations\":[");
        byte[] foot = ascii("],\"has_more\":" + (page.next() != null) + ",\"next\":" + next + "}");
        int commas = Math.max(0, page.elements().size() - 1);
        ByteBuffer body = ByteBuffer.allocate(head.length + page.bytes() + commas + foot.length);
        body.put(head);
        for (byte[] element : page.elements()) {
            if (body.position() > head.length) {
                body.put((byte) ',');
            }
            body.put(element);
        }
        return body.put(foot).array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String digest(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body), 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
