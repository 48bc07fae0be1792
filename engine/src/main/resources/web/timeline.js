// When which attempt ran where: a lane for each slot in use, grouped by executor, coloured by stage.

import {h, s, show} from './dom.js';
import {duration, shortId} from './format.js';

const LANE = 16;
const LABEL = 190;
const LABEL_NARROW = 96;
const TOP = 46;
const GROUP_GAP = 8;
const OWNER_LABEL = 150;
const DRAWN_MAX = 1500;
const BAR_MIN = 2;
const STAGE_COLOURS = 8;

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5];

export const stageColour = (stage) => `stage-${stage % STAGE_COLOURS}`;

/** Lanes: an attempt goes to the first that is free again. */
function lanes(attempts, end) {
  const groups = new Map();
  for (const attempt of attempts) {
    let group = groups.get(attempt.executor);
    if (!group) groups.set(attempt.executor, (group = []));
    const lane = group.find((one) => one.free <= attempt.started_ms) ?? group[group.push({free: 0,
        attempts: []}) - 1];
    lane.attempts.push(attempt);
    lane.free = attempt.ended_ms ?? end;
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

const words = {SUCCEEDED: 'done', RUNNING: 'running', JOB_ENDED: 'stopped with the job'};

function describe(attempt, now) {
  const end = attempt.ended_ms ?? now;
  const how = words[attempt.outcome] ?? attempt.outcome.toLowerCase().replaceAll('_', ' ');
  return `Stage ${attempt.stage}, task ${attempt.partition}, attempt ${attempt.attempt + 1}: ${how}, ${duration(end - attempt.started_ms)}` +
    `, launched in epoch ${attempt.launch_epoch}` + (attempt.message ? `\n${attempt.message}` : '');
}

export class Timeline {
  constructor(host, onSelect) {
    this.host = host;
    this.onSelect = onSelect;
    this.watch = new ResizeObserver(() => {
      if (this.job && Math.abs(host.clientWidth - this.width) > 1) this.draw();
    });
    this.watch.observe(host);
  }

  close() {
    this.watch.disconnect();
  }

  update(job, now) {
    this.job = job;
    this.now = now;
    this.draw();
  }

  draw() {
    const {job, now} = this;
    const timed = job.attempts.filter((attempt) => attempt.started_ms !== null).slice(-DRAWN_MAX);
    this.width = this.host.clientWidth;
    if (timed.length === 0) {
      show(this.host, h('p', {class: 'note'}, 'No task has run yet.'));
      return;
    }
    const begin = Math.min(job.submitted_ms, ...timed.map((attempt) => attempt.started_ms));
    const end = Math.max(begin + 1, job.ended_ms ?? now, ...timed.map((attempt) => attempt.ended_ms ?? 0));
    const groups = lanes(timed, end);
    const label = this.width < 560 ? LABEL_NARROW : LABEL;
    const room = Math.max(120, this.width - label - 14);
    const x = (ms) => label + ((ms - begin) / (end - begin)) * room;
    const height = TOP + (job.started_ms === null
        ? 0 : LANE + GROUP_GAP) + groups.reduce((sum, [, list]) => sum + list.length * LANE + GROUP_GAP,
        0) + 4;
    const svg = s('svg', {width: this.width, height, viewBox: `0 0 ${this.width} ${height}`, role: 'img',
        'aria-label': `Time line of ${timed.length} attempts; the table of tasks has the same`});
    this.drawAxis(svg, x, begin, end, height, room);
    this.drawOwners(svg, x, height, begin, end);
    let y = TOP;
    if (job.started_ms !== null) {
      svg.append(s('text', {x: 0, y: y + LANE - 4, class: 'lane-label'}, 'planning'),
        s('rect', {x: x(job.submitted_ms), y: y + 2,
            width: Math.max(BAR_MIN, x(Math.min(end, job.started_ms)) - x(job.submitted_ms)),
            height: LANE - 4, rx: 2, class: 'planning'},
            s('title', null, `Planning: ${duration(job.started_ms - job.submitted_ms)}`)));
      y += LANE + GROUP_GAP;
    }
    for (const [executor, list] of groups) {
      svg.append(s('text', {x: 0, y: y + LANE - 4, class: 'lane-label'},
          label === LABEL ? shortId(executor) : shortId(executor).slice(-10)));
      for (const lane of list) {
        for (const attempt of lane.attempts) svg.append(this.bar(attempt, x, y, end, now));
        y += LANE;
      }
      y += GROUP_GAP;
    }
    this.host.replaceChildren(svg);
  }

  drawAxis(svg, x, begin, end, height, room) {
    const step = STEPS.find((one) => (one / (end - begin)) * room >= 62) ?? STEPS.at(-1) * Math.ceil(((end - begin) * 62) / room / STEPS.at(-1));
    for (let at = 0; at <= end - begin; at += step) {
      const where = x(begin + at);
      svg.append(s('line', {x1: where, x2: where, y1: 30, y2: height, class: 'tick'}),
          s('text', {x: where + 3, y: 40, class: 'tick-label'},
          at === 0 ? '0' : duration(at).replace(/\.0+ /, ' ')));
    }
  }

  drawOwners(svg, x, height, begin, end) {
    const free = [-Infinity, -Infinity]; // Where a label may begin, in two rows.
    for (const owner of this.job.owners) {
      const where = x(Math.min(end, Math.max(begin, owner.since_ms)));
      const right = where > this.width * 0.7;
      const name = `epoch ${owner.epoch} · ${shortId(owner.scheduler)}`;
      svg.append(s('line', {x1: where, x2: where, y1: 0, y2: height, class: 'owner'},
          s('title', null, name)));
      const first = right ? where - OWNER_LABEL : where;
      const row = free.findIndex((one) => one <= first);
      if (row < 0) continue;
      free[row] = first + OWNER_LABEL;
      svg.append(s('text', {
        x: where + (right ? -4 : 4), y: 11 + row * 13, class: 'owner-label',
            'text-anchor': right ? 'end' : 'start', 'data-epoch': owner.epoch,
      }, name, s('title', null, owner.scheduler)));
    }
  }

  bar(attempt, x, y, end, now) {
    const start = x(attempt.started_ms);
    const width = Math.max(BAR_MIN, x(attempt.ended_ms ?? end) - start);
    const failed = !(attempt.outcome in words);
    return s('rect', {
      x: start, y: y + 2, width, height: LANE - 4, rx: 2,
      class: `attempt ${failed ? 'failed' : stageColour(attempt.stage)} ${attempt.outcome === 'RUNNING' ? 'live' : ''} ${attempt.outcome === 'JOB_ENDED' ? 'stopped' : ''}`,
      onclick: () => this.onSelect(attempt.stage),
    }, s('title', null, describe(attempt, now)));
  }
}
