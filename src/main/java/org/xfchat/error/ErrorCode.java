package org.xfchat.error;

import java.util.Locale;

/** The stable code of every refusal, with its HTTP status and the sentence that is said when no better one is known. */
public enum ErrorCode {
    INVALID_JSON(400, "The body is not well-formed JSON"),
    INVALID_REQUEST(400, "The request is not valid"),
    UNAUTHENTICATED(401, "Log in first"),
    WRONG_CREDENTIALS(401, "Wrong user name or password"),
    WRONG_PASSWORD(403, "Wrong password"),
    ORIGIN_NOT_ALLOWED(403, "Pages of this site may not use the service"),
    NOT_PARTICIPANT(403, "You do not take part in this conversation"),
    NOT_RECIPIENT(403, "This friend request was not sent to you"),
    NOT_FOUND(404, "There is nothing at this address"),
    CONVERSATION_NOT_FOUND(404, "There is no such conversation"),
    MESSAGE_NOT_FOUND(404, "There is no such message"),
    FRIEND_REQUEST_NOT_FOUND(404, "There is no such friend request"),
    METHOD_NOT_ALLOWED(405, "This method is not allowed here"),
    REQUEST_TIMEOUT(408, "The request did not arrive in time"),
    USERNAME_TAKEN(409, "Username already taken"),
    EMAIL_TAKEN(409, "Email already registered"),
    ALREADY_ANSWERED(409, "This friend request was already answered differently"),
    MESSAGE_ID_TAKEN(409, "This message id was already used for something else"),
    VERSION_TAKEN(409, "This version was already used by another message"),
    VERSION_UNKNOWN(410, "This version is not known in this conversation"),
    TOO_LARGE(413, "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "Send the body as application/json"),
    UNPROCESSABLE(422, "A field is missing or has the wrong type"),
    TOO_MANY_REQUESTS(429, "Too many requests, wait a moment and try again"),
    /** Braid's status for missing parents; without a name in any status enum. */
    PARENT_UNKNOWN(432, "A parent version has not arrived yet"),
    INTERNAL(500, "Something went wrong here"),
    READ_ONLY(503, "The service is read-only for maintenance, try again later"),
    BUSY(503, "The service is busy, try again"),
    UNAVAILABLE(503, "The service is temporarily unavailable, try again");

    private final int status;
    private final String title;

    ErrorCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The HTTP status, 400 to 599. */
    public int status() {
        return status;
    }

    /** One sentence without a full stop. */
    public String title() {
        return title;
    }

    /** The code as it stands in a problem body: lower snake case. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
