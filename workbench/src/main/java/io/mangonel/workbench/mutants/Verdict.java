package io.mangonel.workbench.mutants;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the checks said to a mutant.
 *
 * @param script the first script that came out otherwise, and the line
 * @param seed the first seed that failed, and why
 * @param trouble why there is no verdict: it does not fit, does not compile, or did not end
 */
record Verdict(
    Mutant mutant, Optional<String> script, Optional<String> seed, Optional<String> trouble) {
  boolean caught() {
    return trouble.isEmpty() && (script.isPresent() || seed.isPresent());
  }

  /** The script's name, or the seed. */
  String caughtBy() {
    return Stream.concat(
            script.map(by -> "`" + upToColon(by) + "`").stream(),
            seed.map(Verdict::upToColon).stream())
        .collect(Collectors.joining(", "));
  }

  private static String upToColon(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? text : text.substring(0, colon);
  }

  String text() {
    String word = trouble.isPresent() ? "NO VERDICT" : caught() ? "caught" : "SURVIVED";
    var text = new StringBuilder();
    text.append(
        "%-10s %s (%s): %s"
            .formatted(word, mutant.name(), String.join(", ", mutant.rules()), mutant.story()));
    script.ifPresent(by -> text.append("%n             script %s".formatted(by)));
    seed.ifPresent(by -> text.append("%n             %s".formatted(by)));
    trouble.ifPresent(what -> text.append("%n             %s".formatted(what)));
    return text.toString();
  }
}
