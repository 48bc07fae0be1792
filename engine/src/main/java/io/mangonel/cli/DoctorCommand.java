package io.mangonel.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.doctor.Finding;
import io.mangonel.cli.doctor.Finding.Grade;
import io.mangonel.cli.doctor.MachineChecks;
import io.mangonel.cli.doctor.PeerChecks;
import io.mangonel.cli.doctor.PlaceChecks;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.cli.options.EngineOptions;
import io.mangonel.cli.options.OptionRanges;
import io.mangonel.cli.options.PortOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mangonel doctor}: what would go wrong. */
@Command(
    addMethodSubcommands = false,
    mixinStandardHelpOptions = true,
    name = "doctor",
    header = "Look for what is wrong with this machine, and with a cluster.",
    description = {
      "",
      "Each line is ok, warn or fail, with what to do. The exit code is 1 when one is fail.",
      ""
    })
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DirectoryOptions directory = new DirectoryOptions();
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private EngineOptions engine = new EngineOptions();

  @Option(
      names = "--executors",
      paramLabel = "N",
      defaultValue = "1",
      description = "Executors that this machine is to run. Default: ${DEFAULT-VALUE}.")
  private int executors = 1;

  @Option(
      names = "--state",
      paramLabel = "S",
      description = "As for the scheduler. Default: rocksdb:state below --dir.")
  private @Nullable String state;

  @Option(
      names = "--data-dirs",
      split = ",",
      paramLabel = "DIR",
      description = "Directories whose files statements may read.")
  private List<Path> dataDirectories = List.of();

  @Option(
      names = "--url",
      split = ",",
      paramLabel = "H:P",
      description = "Schedulers to ask: are they and their executors in reach, and their clocks?")
  private List<String> urls = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private AdminFormat format = AdminFormat.table;

  /** Made by picocli. */
  DoctorCommand() {}

  @Override
  public Integer call() {
    OptionRanges.atLeast(1, "--executors", executors);
    List<HostAndPort> peers = urls.stream().map(HostAndPort::parse).toList();
    List<Finding> findings =
        new ArrayList<>(MachineChecks.run(executors, engine.memoryBytes(executors)));
    findings.addAll(places());
    findings.addAll(PeerChecks.run(peers));
    spec.commandLine()
        .getOut()
        .println(format == AdminFormat.json ? json(findings) : text(findings));
    return findings.stream().anyMatch(finding -> finding.grade() == Grade.fail)
        ? CommandFailure.FAILED
        : 0;
  }

  private List<Finding> places() {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        PlaceChecks.port(
            "--port",
            "127.0.0.1",
            ports.port(),
            port -> SchedulerConnection.answers(new HostAndPort("127.0.0.1", port))));
    findings.add(
        PlaceChecks.port("--http-port", "127.0.0.1", ports.httpPort(), PlaceChecks::hasOurMetrics));
    Path root = directory.root();
    findings.add(PlaceChecks.writable("directory", root));
    findings.add(
        PlaceChecks.writable("temporary", Path.of(System.getProperty("java.io.tmpdir", "/tmp"))));
    String chosen =
        SchedulerCommand.checkedState(state == null ? "rocksdb:" + root.resolve("state") : state);
    if (chosen.startsWith(SchedulerCommand.ROCKSDB)) {
      Path path = Path.of(chosen.substring(SchedulerCommand.ROCKSDB.length()));
      findings.add(PlaceChecks.state(path));
      findings.add(PlaceChecks.writable("state space", path));
    }
    dataDirectories.forEach(data -> findings.add(PlaceChecks.readable(data)));
    findings.addAll(PlaceChecks.leftovers(root.resolve("work")));
    return findings;
  }

  private static String text(List<Finding> findings) {
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      text.append(text.isEmpty() ? "" : "\n")
          .append("%-4s  %s: %s".formatted(finding.grade(), finding.subject(), finding.detail()));
      if (!finding.advice().isEmpty()) {
        text.append("\n      -> ").append(finding.advice());
      }
    }
    return text.toString();
  }

  private static String json(List<Finding> findings) {
    ArrayNode array = new JsonMapper().createArrayNode();
    for (Finding finding : findings) {
      array
          .addObject()
          .put("grade", finding.grade().name())
          .put("subject", finding.subject())
          .put("detail", finding.detail())
          .put("advice", finding.advice());
    }
    return array.toPrettyString();
  }
}
