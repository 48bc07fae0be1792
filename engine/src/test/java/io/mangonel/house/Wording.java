package io.mangonel.house;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words that a line of code may not have, each with the reason and the files it is about. */
record Wording(String reason, Predicate<SourceFile> files, Pattern banned) {
  private static final List<Wording> ALL =
      List.of(
          new Wording(
              "core is pure: no IO, clock, randomness, thread, logging",
              file -> isCore(file),
              Pattern.compile(
                  "\\bSystem\\.(?!arraycopy)|\\bInstant\\.now|\\bRandom\\b|Math\\.random"
                      + "|\\bUUID\\b|\\bThread\\b"
                      + "|java\\.util\\.(concurrent|logging|random)|\\bsynchronized\\b"
                      + "|\\bvolatile\\b|java\\.io\\."
                      + "|java\\.nio\\.(?!charset|ByteBuffer)|java\\.net\\.|java\\.time\\.Clock|org\\.slf4j"
                      + "|\\bparallel(Stream)?\\(")),
          new Wording(
              "core iterates in an order that a replay repeats",
              file -> isCore(file),
              Pattern.compile(
                  "\\bHash(Map|Set)\\b|\\bIdentityHashMap\\b|\\b(Map|Set)\\.(of|ofEntries|copyOf)\\([^)]"
                      + "|\\bto(Unmodifiable)?(Set|Map)\\(|\\bgroupingBy\\(|identityHashCode")),
          new Wording(
              "a scheduler writes guarded commits only (rule D8)",
              file -> file.isMain() && file.packageName().startsWith("scheduler"),
              Pattern.compile(
                  "\\b(store|backend|state)\\.(put|delete|putTxn)\\(|\\.commit\\(\\s*List\\.of\\(\\)")),
          new Wording(
              "unfinished work is not called done",
              _ -> true,
              Pattern.compile("\\b(TODO|FIXME|XXX)\\b|new UnsupportedOperationException")),
          new Wording(
              "a test waits with a bound for what it needs, and never for a fixed time",
              file -> !file.isMain(),
              Pattern.compile(
                  "\\bThread\\.sleep\\(|TimeUnit\\.\\w+\\.sleep\\(|LockSupport\\.park")),
          new Wording(
              "no mocks", file -> !file.isMain(), Pattern.compile("org\\.mockito|\\bmock\\(")),
          new Wording(
              "no path of one machine",
              _ -> true,
              Pattern.compile("\"/(tmp|home|root|work|var|opt|Users|usr)/")));

  static List<String> violations(List<SourceFile> files) {
    List<String> violations = new ArrayList<>();
    for (SourceFile file : files) {
      // This package names the words it bans.
      if (file.packageName().equals("house")) {
        continue;
      }
      ALL.stream()
          .filter(rule -> rule.files.test(file))
          .forEach(rule -> rule.check(file, violations));
    }
    return violations;
  }

  private void check(SourceFile file, List<String> violations) {
    List<String> lines = file.lines();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      Matcher match = banned.matcher(line);
      boolean isComment = line.startsWith("*") || line.startsWith("/*") || line.startsWith("//");
      if (match.find() && !(isComment && isCodeOnly())) {
        violations.add(file.path() + ":" + (i + 1) + ": " + match.group() + ": " + reason);
      }
    }
  }

  /** What is unfinished is so in a comment, too; everything else may be spoken of. */
  private boolean isCodeOnly() {
    return !reason.startsWith("unfinished");
  }

  private static boolean isCore(SourceFile file) {
    return file.isMain() && file.packageName().startsWith("core");
  }
}
