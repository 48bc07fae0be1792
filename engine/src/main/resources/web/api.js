// Requests to this scheduler, and how often they are repeated.

/** An answer that is an error; `status` is 0 when the scheduler could not be reached. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const SKEW_MIN_MS = 2000;
let skewMs = 0;

/** What time it is for the scheduler, whose clock may be another than this browser's. */
export const serverNow = () => Date.now() + skewMs;

function watchClock(response) {
  const date = Date.parse(response.headers.get('date') ?? '');
  const apart = date - Date.now();
  // The header has whole seconds: small differences say nothing.
  if (Number.isFinite(apart)) skewMs = Math.abs(apart) > SKEW_MIN_MS ? apart : 0;
}

const REQUEST_MAX_MS = 45000;

async function request(path, options, signal) {
  const limit = AbortSignal.timeout(REQUEST_MAX_MS);
  let response;
  try {
    response = await fetch(path, {...options, signal: signal ? AbortSignal.any([signal, limit]) : limit});
  } catch (problem) {
    if (signal?.aborted) throw problem;
    throw new ApiError('The scheduler does not answer.', 0);
  }
  watchClock(response);
  let body;
  try {
    body = await response.json();
  } catch {
    throw new ApiError(`The scheduler answered ${response.status} without JSON.`, response.status);
  }
  if (!response.ok) throw new ApiError(body.error ?? `The scheduler answered ${response.status}.`,
      response.status);
  return {body, status: response.status};
}

export const get = async (path, signal) => (await request(path, {}, signal)).body;

/** With the status: a result that is not there yet is 202. */
export const getWithStatus = (path, signal) => request(path, {}, signal);

export async function post(path, body, signal) {
  const options = {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)};
  return (await request(path, options, signal)).body;
}

const listeners = new Set();
let reachable = true;

/** Calls `listener(true | false)` when the scheduler comes and goes. */
export const onReachable = (listener) => listeners.add(listener);

function tell(now) {
  if (now !== reachable) {
    reachable = now;
    listeners.forEach((listener) => listener(now));
  }
}

const RETRY_MAX_MS = 5000;

/**
 * Repeats `work(signal)` every `pauseMs()` milliseconds until stopped. A hidden page does not ask. When
 * the scheduler is away it asks less and less often, and goes on by itself when it is back.
 *
 * @returns {{stop: function(), now: function()}}
 */
export function repeat(work, pauseMs, onError) {
  const ended = new AbortController();
  let timer = 0;
  let failures = 0;
  let running = false;
  async function round() {
    clearTimeout(timer);
    if (running || ended.signal.aborted) return;
    if (document.hidden) return; // The visibilitychange below goes on.
    running = true;
    let pause;
    try {
      await work(ended.signal);
      failures = 0;
      tell(true);
      pause = pauseMs();
    } catch (problem) {
      if (ended.signal.aborted) return;
      if (problem instanceof ApiError) {
        failures++;
        tell(problem.status !== 0);
        onError?.(problem);
        pause = Math.min(RETRY_MAX_MS, 300 * 2 ** Math.min(failures, 5));
      } else {
        throw problem;
      }
    } finally {
      running = false;
    }
    if (pause > 0 && !ended.signal.aborted) timer = setTimeout(round, pause);
  }
  const seen = () => document.hidden || round();
  document.addEventListener('visibilitychange', seen);
  round();
  return {
    stop() {
      ended.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    },
    now: round,
  };
}
