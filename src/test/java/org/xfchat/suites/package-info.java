/**
 * The parts of the HTTP suites. Each has a JVM of its own, which runs its classes one after the other against one
 * service. The build gives out whole suites, not classes: for a class alone the service would start anew.
 *
 * <p>Every class that shares a service is in exactly one of them, by its tag: {@code documents}, {@code messages} or {@code
 * whole-service}; without one of these it is of the features. Those with the tag {@code foreign} are in one more, which runs only
 * where it is asked for.
 */
@NullMarked
package org.xfchat.suites;

import org.jspecify.annotations.NullMarked;
