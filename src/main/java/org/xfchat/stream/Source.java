package org.xfchat.stream;

/** What feeds one stream; every method is called on the stream's event loop. */
public interface Source {
    /** The head is on its way; the first call, unless the client was gone already. */
    void opened(Stream stream);

    /** The socket, once full, has room again. */
    void writable();

    /** The stream has ended, however; the last call, and the only one when it never opened. */
    void closed();
}
