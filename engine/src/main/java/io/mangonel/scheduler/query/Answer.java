package io.mangonel.scheduler.query;

import java.util.function.Function;

/**
 * What a scheduler answers: a value, or why there is none. Each message is one line for a person.
 */
public sealed interface Answer<T> {
  record Ok<T>(T value) implements Answer<T> {}

  /** The statement, its data or its settings are wrong: the same request fails again. */
  record UserFault<T>(String message) implements Answer<T> {}

  /**
   * Not now: overload, no executor, still running, an output lost. The same request may succeed.
   */
  record Retryable<T>(String message) implements Answer<T> {}

  /** Not here any more: this scheduler ends, and another one has the answer. */
  record Leaving<T>(String message) implements Answer<T> {}

  /** There is no such job, or its result is gone. */
  record NotFound<T>(String message) implements Answer<T> {}

  /** Applies {@code next} to the value; anything else stays as it is. */
  default <R> Answer<R> then(Function<? super T, Answer<R>> next) {
    return switch (this) {
      case Ok<T>(T value) -> next.apply(value);
      case UserFault<T>(String message) -> new UserFault<>(message);
      case Retryable<T>(String message) -> new Retryable<>(message);
      case Leaving<T>(String message) -> new Leaving<>(message);
      case NotFound<T>(String message) -> new NotFound<>(message);
    };
  }
}
