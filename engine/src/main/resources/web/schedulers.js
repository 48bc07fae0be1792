// The schedulers of the store.

import {h, keyed, show, text} from './dom.js';
import {get, repeat, serverNow} from './api.js';
import {count, duration, time} from './format.js';

function row() {
  const cells = Array.from({length: 6}, () => h('td'));
  const element = h('tr', null, cells);
  element.cells_ = cells;
  return element;
}

function update(element, scheduler) {
  const [id, address, up, jobs, takeover, commits] = element.cells_;
  if (!id.firstChild) show(id, h('code', null, scheduler.id),
      scheduler.self && [' ', h('span', {class: 'badge running'}, 'this one')]);
  text(address, scheduler.address);
  text(up, duration(serverNow() - scheduler.started_ms));
  up.title = time(scheduler.started_ms);
  text(jobs, count(scheduler.jobs));
  text(takeover, scheduler.takeover_ms === null ? '–' : time(scheduler.takeover_ms));
  text(commits, count(scheduler.commits));
}

export function open(main) {
  const body = h('tbody');
  const loading = h('div', {class: 'loading', 'aria-label': 'Loading'}, h('i'));
  const table = h('table', {class: 'list'},
    h('thead', null, h('tr', null,
        ['Scheduler', 'Address', 'Up for', 'Jobs', 'Last takeover', 'Commits'].map((name) => h('th', {scope: 'col'}, name)))), body);
  table.hidden = true;
  show(main, h('div', {class: 'page-head'}, h('h1', null, 'Schedulers')),
      h('div', {class: 'card table-card'}, loading, h('div', {class: 'scroll'}, table)),
    h('p', {class: 'note'}, 'A scheduler that starts again is a new one: it takes over the jobs of the one before, with the next epoch.'));
  const poll = repeat(async (signal) => {
    const {schedulers} = await get('api/schedulers', signal);
    keyed(body, schedulers, (scheduler) => scheduler.id, row, update);
    loading.hidden = true;
    table.hidden = false;
  }, () => 3000);
  return () => poll.stop();
}
