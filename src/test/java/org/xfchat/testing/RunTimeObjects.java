package org.xfchat.testing;

import java.util.List;

/** What a native image cannot begin with, because it belongs to one process or is bound to the machine that it runs on. */
public final class RunTimeObjects {
    /** Types, whose subtypes count as well, and packages, which end with a dot. */
    public static final List<String> NAMES = List.of(
            // Buffers are memory outside of the heap, and everything else of theirs leads to event loops and channels.
            "io.netty.",
            "io.vertx.",
            // The threads of the build are not there any more.
            "java.lang.Thread",
            "java.lang.ThreadLocal",
            "java.util.concurrent.Executor",
            "java.util.concurrent.ForkJoinTask",
            "java.util.Timer",
            "java.util.TimerTask",
            "java.lang.ref.Cleaner",
            // Every process would draw the same numbers, or hash from the same state.
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.util.random.RandomGenerator",
            "java.security.SecureRandomSpi",
            "java.security.MessageDigest",
            "java.security.Signature",
            "java.security.KeyPairGenerator",
            "javax.crypto.",
            "com.password4j.",
            "org.jose4j.",
            // Handles of the operating system.
            "java.io.File",
            "java.io.FileDescriptor",
            "java.io.InputStream",
            "java.io.OutputStream",
            "java.io.RandomAccessFile",
            "java.nio.file.Path",
            "java.nio.file.FileSystem",
            "java.nio.channels.Channel",
            "java.net.Socket",
            "java.net.ServerSocket",
            "java.net.DatagramSocket",
            "java.net.InetAddress",
            "java.net.http.",
            "java.lang.Process",
            "java.lang.ProcessHandle",
            "java.sql.Connection",
            "javax.sql.DataSource",
            // The build's time, or what runs out by it.
            "java.time.Clock",
            "java.time.Instant",
            "io.github.bucket4j.",
            "com.github.benmanes.caffeine.cache.Cache",
            "io.micrometer.",
            // The build's configuration.
            "org.eclipse.microprofile.config.",
            "io.smallrye.config.SmallRyeConfig");

    private RunTimeObjects() {}
}
