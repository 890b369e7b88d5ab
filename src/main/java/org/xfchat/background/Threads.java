package org.xfchat.background;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Pools of a few threads of their own, for what must neither take the workers of requests nor wait for them. */
public final class Threads {
    private Threads() {}

    /**
     * A pool that makes its threads when there is something to do, and ends them when there is nothing for a minute. They keep
     * no process alive.
     *
     * @param name of the threads after {@code xfchat-}
     * @param count of threads at most
     * @param queue what waits; where it is bounded, what is more is refused
     */
    public static ThreadPoolExecutor pool(String name, int count, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(count, count, 1, TimeUnit.MINUTES, queue, task -> {
            Thread thread = new Thread(task, "xfchat-" + name);
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
