package org.xfchat.testing;

/**
 * How much a suite does of what can be done often or seldom: little in each build, and everything where nothing is left out, which is
 * each night ({@code -Pnightly}, or {@code -Dsuites.left-out=none}). A promise is proved in both.
 */
public final class Extent {
    private static final String LEFT_OUT = "suites.left-out";

    private Extent() {}

    /** Whether this is one of many builds. */
    public static boolean isBrief() {
        return !"none".equals(System.getProperty(LEFT_OUT, "none"));
    }

    /** Which of the two it is. */
    public static <T> T of(T brief, T whole) {
        return isBrief() ? brief : whole;
    }
}
