package org.xfchat.braid;

/** A client's header does not follow the specification. The message is one sentence that quotes nothing of it. */
public class BraidSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BraidSyntaxException(String message) {
        super(message);
    }
}
