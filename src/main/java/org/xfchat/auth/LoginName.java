package org.xfchat.auth;

/**
 * Which user names, and which addresses, are the same: those that differ in nothing but the case of the letters A to Z. Every
 * other character is the same as itself alone, whatever a language or a database's locale says of it. In SQL that is {@code
 * lower(name collate "C")}, on every version of PostgreSQL.
 */
public final class LoginName {
    private LoginName() {}

    /** The same text for all that are the same. */
    public static String key(String name) {
        StringBuilder key = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char unit = name.charAt(i);
            key.append(unit >= 'A' && unit <= 'Z' ? (char) (unit - 'A' + 'a') : unit);
        }
        return key.toString();
    }
}
