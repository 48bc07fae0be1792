package io.mangonel.workbench.mutants;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mutants}: plants each known bug and tells which script and which seed notices it. */
@Command(
    name = "mutants",
    mixinStandardHelpOptions = true,
    description = "Plants bugs into copies of the sources and shows what catches each.")
public final class MutantsCommand implements Callable<Integer> {
  private static final String HOME_PROPERTY = "mangonel.home";

  @Option(
      names = "--seeds",
      description = "seeds of the simulation for a mutant, at most (default ${DEFAULT-VALUE})")
  private long seeds = 2_000;

  @Option(
      names = "--seeds-after-script",
      description =
          "and for one that a script caught, to see whether the simulation would as well"
              + " (default ${DEFAULT-VALUE})")
  private long seedsAfterScript = 100;

  @Option(names = "--jobs", description = "how many are tried at a time (default: one per core)")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--table",
      paramLabel = "FILE",
      description = "writes what caught each that is tried now into this page")
  private @Nullable Path table;

  @Parameters(arity = "0..*", paramLabel = "NAME", description = "only these (default: all)")
  private List<String> names = List.of();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    PrintWriter out =
        spec == null
            ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
            : spec.commandLine().getOut();
    var sources = new Sources(Path.of(System.getProperty(HOME_PROPERTY, "")).toAbsolutePath());
    var mutants =
        Mutant.all(sources.mutants()).stream()
            .filter(mutant -> names.isEmpty() || names.contains(mutant.name()))
            .toList();
    if (mutants.isEmpty()) {
      out.println("no mutant of that name in " + sources.mutants());
      return 2;
    }
    try (var laboratory = new Laboratory(sources, seeds, seedsAfterScript)) {
      var broken = laboratory.control();
      if (broken.isPresent()) {
        out.println("the sources fail as they are: " + broken.get());
        return 1;
      }
      List<Verdict> verdicts = tried(laboratory, mutants, out);
      if (table != null) {
        var caught = new TreeMap<String, String>();
        verdicts.stream()
            .filter(Verdict::caught)
            .forEach(verdict -> caught.put(verdict.mutant().name(), verdict.caughtBy()));
        MutantTable.write(table, Mutant.all(sources.mutants()), caught);
      }
      return verdicts.stream().allMatch(Verdict::caught) ? 0 : 1;
    }
  }

  private List<Verdict> tried(Laboratory laboratory, List<Mutant> mutants, PrintWriter out)
      throws InterruptedException, ExecutionException {
    long startNs = System.nanoTime();
    var trials = new ArrayList<Callable<Verdict>>();
    mutants.forEach(mutant -> trials.add(() -> laboratory.tried(mutant)));
    var done = new ArrayList<Verdict>();
    try (var pool = Executors.newFixedThreadPool(Math.max(1, jobs))) {
      List<Future<Verdict>> verdicts = trials.stream().map(pool::submit).toList();
      for (Future<Verdict> verdict : verdicts) {
        done.add(verdict.get());
        out.println(verdict.get().text());
        out.flush();
      }
    }
    long tookS = (System.nanoTime() - startNs) / 1_000_000_000;
    long caught = done.stream().filter(Verdict::caught).count();
    out.println("%d of %d mutants caught in %d s".formatted(caught, trials.size(), tookS));
    return done;
  }
}
