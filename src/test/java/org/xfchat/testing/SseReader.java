package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Reads an event stream by the rules of browsers (WHATWG HTML, section 9.2.6), across connections. */
public final class SseReader {
    /** What a page is told; {@code id} is the last event id as the event was dispatched. */
    public record Event(String type, String data, String id) {}

    private final List<Event> events = new ArrayList<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private String type = "";
    private String idBuffer;
    private String lastEventId;
    private boolean afterCarriageReturn;
    private boolean atStart = true;
    private long comments;
    private long retryMillis = -1;

    /** Reads from where {@code lastEventId} says; empty for the beginning. */
    public SseReader(String lastEventId) {
        this.lastEventId = lastEventId;
        this.idBuffer = lastEventId;
    }

    /** Forgets an event of which only a part came, as a new connection begins. */
    public synchronized void reconnected() {
        line.reset();
        data.setLength(0);
        type = "";
        idBuffer = lastEventId;
        afterCarriageReturn = false;
        atStart = true;
    }

    /** Takes the next bytes, in whatever pieces they come. */
    public synchronized void feed(byte[] piece) {
        for (byte octet : piece) {
            boolean secondOfTwo = afterCarriageReturn && octet == '\n';
            afterCarriageReturn = octet == '\r';
            if (secondOfTwo) {
                continue;
            }
            if (octet == '\r' || octet == '\n') {
                String text = line.toString(UTF_8);
                line.reset();
                line(atStart && text.startsWith("\uFEFF") ? text.substring(1) : text);
                atStart = false;
            } else {
                line.write(octet);
            }
        }
    }

    private void line(String text) {
        int colon = text.indexOf(':');
        if (text.isEmpty()) {
            dispatch();
        } else if (colon == 0) {
            comments++;
        } else if (colon < 0) {
            field(text, "");
        } else {
            String value = text.substring(colon + 1);
            field(text.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
        }
    }

    private void field(String name, String value) {
        switch (name) {
            case "event" -> type = value;
            case "data" -> data.append(value).append('\n');
            case "id" -> idBuffer = value.indexOf('\0') < 0 ? value : idBuffer;
            case "retry" -> retryMillis = value.matches("[0-9]{1,9}") ? Long.parseLong(value) : retryMillis;
            default -> {
                // Ignored, says the specification.
            }
        }
    }

    private void dispatch() {
        lastEventId = idBuffer;
        if (!data.isEmpty()) {
            events.add(new Event(type.isEmpty() ? "message" : type, data.substring(0, data.length() - 1), lastEventId));
        }
        data.setLength(0);
        type = "";
    }

    /** Takes away what was dispatched since the last call, oldest first. */
    public synchronized List<Event> poll() {
        List<Event> polled = List.copyOf(events);
        events.clear();
        return polled;
    }

    /** What to resume with; empty where nothing set one. */
    public synchronized String lastEventId() {
        return lastEventId;
    }

    public synchronized long comments() {
        return comments;
    }

    /** What the server asks to wait before a reconnect; -1 where it did not. */
    public synchronized long retryMillis() {
        return retryMillis;
    }
}
