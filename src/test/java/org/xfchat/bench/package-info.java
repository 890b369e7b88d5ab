/**
 * Load, measured: {@code ./mvnw -Pbench verify} starts the packaged service and PostgreSQL, drives them, runs baselines in the same
 * run and writes {@code docs/performance}. Not part of the normal build.
 *
 * <p>Figures are ratios: what one machine does in a second says little, what it does beside something else in the same minute says
 * more. The load comes from one process with one thread per kind of traffic, on the machine of the service, whose share of it is
 * stated with the results.
 *
 * <p>Closed loops (as fast as answers come) find the maximum; latency is measured by open loops only (arrivals at a fixed rate,
 * counted from when a request should have been sent), because a closed loop does not ask while it waits.
 */
@NullMarked
package org.xfchat.bench;

import org.jspecify.annotations.NullMarked;
