package io.mangonel.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A headless Chromium with one page, spoken to in its own protocol (CDP) over a web socket. On a
 * profile directory of its own.
 */
public final class Browser implements AutoCloseable {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final JsonMapper JSON = new JsonMapper();

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger commands = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private WebSocket socket;
  private String session = "";

  /**
   * Starts it on an empty page.
   *
   * @param profile a directory of its own, which need not exist
   */
  public static Browser start(Path profile) throws IOException {
    Optional<Path> program = find();
    if (program.isEmpty()) {
      String missing = "no Chromium on the PATH: install the Debian package chromium";
      if ("all".equals(System.getProperty("mangonel.require"))) {
        return fail(missing);
      }
      Assumptions.abort(missing);
    }
    return new Browser(program.orElseThrow(), profile);
  }

  private static Optional<Path> find() {
    return Stream.of(System.getenv("PATH").split(":"))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private Browser(Path program, Path profile) throws IOException {
    Files.createDirectories(profile);
    process =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--force-color-profile=srgb",
                "--remote-debugging-port=0",
                "--window-size=1280,900",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("browser.log").toFile())
            .start();
    try {
      Path portFile = profile.resolve("DevToolsActivePort");
      await("Chromium listens")
          .atMost(WAIT)
          .until(
              () ->
                  !process.isAlive()
                      || (Files.exists(portFile) && Files.readAllLines(portFile).size() == 2));
      assertThat(process.isAlive()).as("Chromium runs").isTrue();
      List<String> lines = Files.readAllLines(portFile);
      URI uri = URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
      socket = http.newWebSocketBuilder().buildAsync(uri, new Listener()).join();
      attach();
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void attach() {
    JsonNode targets = call("Target.getTargets", JSON.createObjectNode()).path("targetInfos");
    for (JsonNode target : targets) {
      if (target.path("type").asText().equals("page")) {
        ObjectNode wanted = JSON.createObjectNode().put("flatten", true);
        wanted.put("targetId", target.path("targetId").asText());
        session = call("Target.attachToTarget", wanted).path("sessionId").asText();
      }
    }
    assertThat(session).isNotEmpty();
    for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
      call(domain + ".enable", JSON.createObjectNode());
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        String text = message.toString();
        message.setLength(0);
        take(text);
      }
      from.request(1);
      return null;
    }
  }

  private void take(String text) {
    JsonNode message;
    try {
      message = JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    if (message.has("id")) {
      CompletableFuture<JsonNode> waiting = answers.remove(message.path("id").asInt());
      if (waiting != null) {
        waiting.complete(message);
      }
      return;
    }
    JsonNode parameters = message.path("params");
    switch (message.path("method").asText()) {
      case "Network.requestWillBeSent" ->
          requests.add(parameters.path("request").path("url").asText());
      case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
      case "Log.entryAdded" -> {
        JsonNode entry = parameters.path("entry");
        boolean network = entry.path("source").asText().equals("network");
        if (entry.path("level").asText().equals("error") && !network) {
          complaints.add(entry.toString());
        }
      }
      default -> {}
    }
  }

  /** Sends a command of the protocol; its result. */
  JsonNode call(String method, ObjectNode parameters) {
    int id = commands.incrementAndGet();
    var answer = new CompletableFuture<JsonNode>();
    answers.put(id, answer);
    ObjectNode command = JSON.createObjectNode().put("id", id).put("method", method);
    command.set("params", parameters);
    if (!session.isEmpty()) {
      command.put("sessionId", session);
    }
    synchronized (this) {
      socket.sendText(command.toString(), true).join();
    }
    try {
      JsonNode message = answer.get(WAIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(message.has("error")).as(message.toString()).isFalse();
      return message.path("result");
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(method + " was not answered", e);
    }
  }

  /** Opens an address; does not wait for what it shows. */
  public void open(String address) {
    call("Page.navigate", JSON.createObjectNode().put("url", address));
  }

  /** The value of an expression; a promise is waited for. */
  public JsonNode evaluate(String expression) {
    ObjectNode parameters = JSON.createObjectNode().put("expression", expression);
    parameters.put("returnByValue", true).put("awaitPromise", true);
    JsonNode result = call("Runtime.evaluate", parameters);
    assertThat(result.has("exceptionDetails")).as(expression + ": " + result).isFalse();
    return result.path("result").path("value");
  }

  /** Waits until the expression is true. */
  public void awaitTrue(String what, String expression) {
    try {
      await(what)
          .atMost(WAIT)
          .pollInterval(Duration.ofMillis(25))
          .until(() -> evaluate(expression).asBoolean());
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      throw new AssertionError(what + "; the page says:\n" + text("body") + "\n" + complaints, e);
    }
  }

  /** Waits until an element is there and can be seen. */
  public void awaitVisible(String selector) {
    awaitTrue(
        selector + " is shown",
        "(() => { const e = document.querySelector("
            + quoted(selector)
            + "); return !!e && e.getClientRects().length > 0; })()");
  }

  /** Waits until what an element says contains {@code words}. */
  public void awaitText(String selector, String words) {
    awaitTrue(
        selector + " says " + words,
        "(document.querySelector("
            + quoted(selector)
            + ")?.textContent ?? '').includes("
            + quoted(words)
            + ")");
  }

  /** What an element says; empty when there is none. */
  public String text(String selector) {
    return evaluate("document.querySelector(" + quoted(selector) + ")?.textContent ?? ''").asText();
  }

  public int count(String selector) {
    return evaluate("document.querySelectorAll(" + quoted(selector) + ").length").asInt();
  }

  /** Clicks in the middle of an element, with the mouse. */
  public void click(String selector) {
    awaitVisible(selector);
    JsonNode at =
        evaluate(
            "(() => { const e = document.querySelector("
                + quoted(selector)
                + "); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
                + " return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })()");
    for (String type : List.of("mousePressed", "mouseReleased")) {
      ObjectNode event = JSON.createObjectNode().put("type", type).put("button", "left");
      event.put("x", at.path("x").asDouble()).put("y", at.path("y").asDouble());
      call("Input.dispatchMouseEvent", event.put("clickCount", 1));
    }
  }

  /** Types a text where the focus is. */
  public void type(String text) {
    call("Input.insertText", JSON.createObjectNode().put("text", text));
  }

  /**
   * Presses a key.
   *
   * @param key as {@code KeyboardEvent.key}; of one character, it is typed, too
   * @param modifiers 2 is Control, 8 Shift
   */
  public void press(String key, int modifiers) {
    Map<String, Integer> codes =
        Map.of("Enter", 13, "Escape", 27, "Tab", 9, "ArrowDown", 40, "ArrowUp", 38);
    for (String type : List.of("keyDown", "keyUp")) {
      ObjectNode event = JSON.createObjectNode().put("type", type).put("key", key);
      event.put("modifiers", modifiers);
      event.put("windowsVirtualKeyCode", codes.getOrDefault(key, (int) key.charAt(0)));
      if (type.equals("keyDown") && key.length() == 1) {
        event.put("text", key);
      } else if (type.equals("keyDown") && key.equals("Enter")) {
        event.put("text", "\r");
      }
      call("Input.dispatchKeyEvent", event);
    }
  }

  /** The size of the view, as of a phone or a screen. */
  public void resize(int width, int height) {
    ObjectNode size = JSON.createObjectNode().put("width", width).put("height", height);
    call(
        "Emulation.setDeviceMetricsOverride",
        size.put("deviceScaleFactor", 1).put("mobile", false));
  }

  /** What the system prefers: {@code light} or {@code dark}. */
  public void prefer(String scheme) {
    ObjectNode media = JSON.createObjectNode();
    media.putArray("features").addObject().put("name", "prefers-color-scheme").put("value", scheme);
    call("Emulation.setEmulatedMedia", media);
  }

  /** Writes what is seen, as PNG. */
  public void screenshot(Path file) throws IOException {
    JsonNode image = call("Page.captureScreenshot", JSON.createObjectNode().put("format", "png"));
    Files.write(file, Base64.getDecoder().decode(image.path("data").asText()));
  }

  /** Every address it has asked for, newest last. */
  public List<String> requests() {
    return new ArrayList<>(requests);
  }

  /** Uncaught errors, and what the security policy has refused. */
  public List<String> complaints() {
    return new ArrayList<>(complaints);
  }

  /** As a JavaScript literal. */
  public static String quoted(String text) {
    return JSON.getNodeFactory().textNode(text).toString();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    http.shutdownNow();
    try {
      var _ = process.waitFor(WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
