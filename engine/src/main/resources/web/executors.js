// The executors.

import {h, keyed, show, text} from './dom.js';
import {get, repeat} from './api.js';
import {ago, bytes} from './format.js';

function row() {
  const cells = ['id', 'state', 'slots', 'memory', 'contact', 'address',
      'version'].map((name) => h('td', {class: 'c-' + name}));
  cells[2].append(h('div', {class: 'progress'},
      h('progress', {max: '1', value: '0', 'aria-label': 'Slots busy'}),
      h('span', {class: 'progress-text'})));
  const element = h('tr', null, cells);
  element.cells_ = cells;
  return element;
}

function update(element, executor) {
  const [id, state, slots, memory, contact, address, version] = element.cells_;
  text(id, executor.id);
  id.title = `incarnation ${executor.incarnation}`;
  if (state.firstChild?.dataset.state !== executor.state) {
    show(state, h('span', {class: `badge ${executor.state === 'alive' ? 'completed' : 'failed'}`,
        'data-state': executor.state}, executor.state === 'alive' ? 'Alive' : 'Silent'));
  }
  const [bar, label] = slots.firstChild.children;
  bar.max = executor.slots;
  bar.value = executor.running;
  text(label, `${executor.running}/${executor.slots}`);
  text(memory, executor.memory_bytes === null
      ? '–' : `${bytes(executor.memory_bytes)}, ${executor.threads} ${executor.threads === 1 ? 'thread' : 'threads'}`);
  text(contact, ago(executor.heartbeat_age_ms));
  text(address, executor.address);
  text(version, executor.duckdb_version);
}

export function open(main) {
  const body = h('tbody');
  const table = h('table', {class: 'list'},
    h('thead', null, h('tr', null,
        ['Executor', 'State', 'Slots busy', 'Memory limit', 'Last contact', 'Address',
        'DuckDB'].map((name) => h('th', {scope: 'col'}, name)))), body);
  const empty = h('div', {class: 'empty', hidden: true}, h('strong', null, 'No executor is registered'),
    h('p', null, 'Statements wait until there is one: ',
        h('code', null, './mangonel executor --schedulers HOST:PORT'), '.'));
  const loading = h('div', {class: 'loading', 'aria-label': 'Loading'}, h('i'), h('i'));
  table.hidden = true;
  show(main, h('div', {class: 'page-head'}, h('h1', null, 'Executors')),
      h('div', {class: 'card table-card'}, loading, h('div', {class: 'scroll'}, table), empty),
    h('p', {class: 'note'}, 'Busy slots are those that run a task of this scheduler.'));
  const poll = repeat(async (signal) => {
    const {executors} = await get('api/executors', signal);
    keyed(body, executors, (executor) => executor.id, row, update);
    loading.hidden = true;
    table.hidden = executors.length === 0;
    empty.hidden = executors.length > 0;
  }, () => 2000);
  return () => poll.stop();
}
