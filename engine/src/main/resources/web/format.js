// Numbers, sizes, times and states as people read them.

const WHOLE = new Intl.NumberFormat('en-US');

export const count = (n) => WHOLE.format(n);

/** 12,345 -> 12.3k: where there is little room. */
export function short(n) {
  for (const [size, unit] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e4, 'k']]) {
    if (n >= size) return (n / (unit === 'k' ? 1e3 : size)).toFixed(1) + unit;
  }
  return count(n);
}

export function bytes(n) {
  let value = n;
  for (const unit of ['B', 'kB', 'MB', 'GB', 'TB']) {
    if (value < 1000 || unit === 'TB') return (unit === 'B' || value >= 100
        ? Math.round(value) : value.toFixed(1)) + ' ' + unit;
    value /= 1000;
  }
}

export function duration(ms) {
  if (ms < 0) return '0 ms';
  if (ms < 1000) return Math.round(ms) + ' ms';
  if (ms < 60000) return (ms / 1000).toFixed(ms < 10000 ? 2 : 1) + ' s';
  const minutes = Math.floor(ms / 60000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const TIME = new Intl.DateTimeFormat('en-GB', {dateStyle: 'medium', timeStyle: 'medium'});
const CLOCK = new Intl.DateTimeFormat('en-GB', {timeStyle: 'medium'});

export const time = (ms) => TIME.format(ms);

/** The time of today; before that with the date. */
export function when(ms) {
  return new Date(ms).toDateString() === new Date().toDateString() ? CLOCK.format(ms) : TIME.format(ms);
}

export function ago(ms) {
  return ms < 1500 ? 'just now' : duration(ms) + ' ago';
}

/** s-01234567-89ab... -> s-01234567 */
export const shortId = (id) => id.replace(/^([a-z]+-[0-9a-f]{8})[-0-9a-f]*$/, '$1');

export const STATES = {
  QUEUED: 'Queued',
  RUNNING: 'Running',
  PUBLISHING: 'Publishing',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
};

/** Publishing has no way back. */
export const cancellable = (state) => state === 'QUEUED' || state === 'RUNNING';

export const running = (state) => ['QUEUED', 'RUNNING', 'PUBLISHING'].includes(state);

/** How long a job took or has been at it; the clock of the browser may be another than the scheduler's. */
export function jobDuration(job, now) {
  const end = job.ended_ms ?? Math.max(now, job.submitted_ms);
  return duration(end - job.submitted_ms);
}
