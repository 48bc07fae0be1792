// The list of jobs.

import {announce, h, keyed, show, text} from './dom.js';
import {get, post, repeat, serverNow} from './api.js';
import {cancellable, count, jobDuration, STATES, time, when} from './format.js';

const PAGE = 50;
const kept = {search: '', state: '', offset: 0};

/** Asks before it cancels. */
export function confirmCancel(id) {
  const dialog = document.getElementById('confirm');
  text(document.getElementById('confirm-text'),
      `Cancel job ${id}? Its running tasks are stopped and its result is lost.`);
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((answer) => dialog.addEventListener('close', () => answer(dialog.returnValue === 'yes'),
      {once: true}));
}

export async function cancel(id) {
  const job = await post(`api/jobs/${encodeURIComponent(id)}/cancel`, {});
  announce(`Job ${id}: ${cancellable(job.state) ? 'cancel requested' : STATES[job.state]}`);
  return job;
}

export const badge = (state) => h('span', {class: `badge ${state.toLowerCase()}`, 'data-state': state},
    STATES[state] ?? state);

function progress(job) {
  const bar = h('progress', {max: '1', value: '0'});
  return h('div', {class: 'progress'}, bar, h('span', {class: 'progress-text'}));
}

function updateProgress(element, job) {
  const [bar, label] = element.children;
  const known = job.tasks > 0;
  bar.hidden = !known;
  bar.max = job.tasks || 1;
  bar.value = job.done_tasks;
  bar.setAttribute('aria-label', 'Tasks done');
  text(label, known ? `${job.done_tasks}/${job.tasks}` : '');
}

function row(job) {
  const cells = {
    state: h('td', {class: 'c-state'}),
    sql: h('td', {class: 'c-sql'}, h('a', {href: `#/jobs/${encodeURIComponent(job.id)}`, class: 'sql-line'})),
    submitted: h('td', {class: 'c-time'}),
    duration: h('td', {class: 'num c-duration'}),
    tasks: h('td', {class: 'c-tasks'}, progress(job)),
    rows: h('td', {class: 'num c-rows'}),
    who: h('td', {class: 'c-who'}),
    act: h('td', {class: 'c-act'}),
  };
  const element = h('tr', null, Object.values(cells));
  element.cells_ = cells;
  return element;
}

function update(element, job, now, refresh) {
  const cells = element.cells_;
  if (cells.state.firstChild?.dataset.state !== job.state) show(cells.state, badge(job.state));
  const link = cells.sql.firstChild;
  text(link, job.sql.replace(/\s+/g, ' ').trim());
  link.title = job.error ?? job.sql;
  text(cells.submitted, when(job.submitted_ms));
  cells.submitted.title = time(job.submitted_ms);
  text(cells.duration, jobDuration(job, now));
  updateProgress(cells.tasks.firstChild, job);
  text(cells.rows, job.state === 'COMPLETED' ? count(job.rows) : '');
  text(cells.who, job.principal);
  if (cancellable(job.state) && !cells.act.firstChild) {
    const button = h('button', {type: 'button', class: 'small', 'aria-label': `Cancel job ${job.id}`},
        'Cancel');
    button.addEventListener('click', async () => {
      if (!(await confirmCancel(job.id))) return;
      button.disabled = true;
      try {
        await cancel(job.id);
      } catch (problem) {
        announce(problem.message);
        button.disabled = false;
      }
      refresh();
    });
    show(cells.act, button);
  } else if (!cancellable(job.state) && cells.act.firstChild) {
    show(cells.act);
  }
}

export function open(main) {
  const search = h('input', {
    id: 'search', type: 'search', placeholder: 'Search SQL, id, user, error', 'aria-label': 'Search jobs',
        autocomplete: 'off', spellcheck: 'false',
  });
  search.value = kept.search;
  const chips = h('div', {class: 'chips', role: 'group', 'aria-label': 'Filter by state'});
  const body = h('tbody');
  const head = h('tr', null,
    [['State', ''], ['Statement', ''], ['Submitted', 'c-time'], ['Time', 'num c-duration'],
        ['Tasks', 'c-tasks'], ['Rows', 'num c-rows'], ['User', 'c-who'], ['', 'c-act']]
      .map(([name, kind]) => h('th', {scope: 'col', class: kind},
          name || h('span', {class: 'visually-hidden'}, 'Actions'))));
  const table = h('table', {class: 'list jobs'}, h('thead', null, head), body);
  const empty = h('div', {class: 'empty', hidden: true});
  const range = h('span', {class: 'range', role: 'status'});
  const back = h('button', {type: 'button', class: 'small'}, 'Newer');
  const on = h('button', {type: 'button', class: 'small'}, 'Older');
  const skeleton = h('div', {class: 'loading', 'aria-label': 'Loading'}, h('i'), h('i'), h('i'));
  show(main,
    h('div', {class: 'page-head'}, h('h1', null, 'Jobs'),
        h('a', {class: 'button primary', href: '#/sql'}, 'New statement')),
    h('div', {class: 'filters'}, search, chips),
    h('div', {class: 'card table-card'}, skeleton, h('div', {class: 'scroll'}, table), empty),
    h('div', {class: 'pager'}, range, h('span', {class: 'grow'}), back, on));
  table.hidden = true;

  function chip(state, label, number) {
    const button = h('button', {type: 'button', class: 'chip', 'aria-pressed': String(kept.state === state)},
        label, h('span', {class: 'chip-count'}, number));
    button.addEventListener('click', () => {
      kept.state = state;
      kept.offset = 0;
      poll.now();
      for (const other of chips.children) other.setAttribute('aria-pressed', String(other === button));
    });
    return button;
  }
  for (const [state, label] of [['', 'All'], ...Object.entries(STATES)]) chips.append(chip(state, label, ''));

  let asked = 0;
  async function load(signal) {
    const mine = ++asked;
    const query = new URLSearchParams({offset: kept.offset, limit: PAGE});
    if (kept.search) query.set('search', kept.search);
    if (kept.state) query.set('state', kept.state);
    const [list, cluster] = await Promise.all([get('api/jobs?' + query, signal), get('api/cluster', signal)]);
    if (mine !== asked) return;
    const counts = [Object.values(cluster.jobs).reduce((a, b) => a + b, 0),
        ...Object.keys(STATES).map((state) => cluster.jobs[state])];
    [...chips.children].forEach((one, i) => text(one.lastChild, count(counts[i])));
    const now = serverNow();
    keyed(body, list.jobs, (job) => job.id, row,
        (element, job) => update(element, job, now, () => poll.now()));
    skeleton.hidden = true;
    table.hidden = list.jobs.length === 0;
    empty.hidden = list.jobs.length > 0;
    if (list.jobs.length === 0) {
      const filtered = kept.search || kept.state;
      show(empty, h('strong', null, filtered ? 'No job fits' : 'No jobs yet'),
        h('p', null, filtered ? 'Change the search or the filter above.' : ['Run a statement in the ',
            h('a', {href: '#/sql'}, 'SQL editor'), ', with ', h('code', null, './mangonel sql'),
            ' or any Flight SQL client.']));
    }
    const last = kept.offset + list.jobs.length;
    text(range, list.total > 0 ? `${count(kept.offset + 1)} to ${count(last)} of ${count(list.total)}` : '');
    back.disabled = kept.offset === 0;
    on.disabled = last >= list.total;
    if (kept.offset > 0 && list.jobs.length === 0) {
      kept.offset = 0;
      poll.now();
    }
  }
  const poll = repeat(load, () => 1500);

  let typed = 0;
  search.addEventListener('input', () => {
    clearTimeout(typed);
    typed = setTimeout(() => {
      kept.search = search.value.trim();
      kept.offset = 0;
      load(undefined).catch(() => {}); // The poll says what is wrong.
    }, 150);
  });
  back.addEventListener('click', () => {
    kept.offset = Math.max(0, kept.offset - PAGE);
    poll.now();
  });
  on.addEventListener('click', () => {
    kept.offset += PAGE;
    poll.now();
  });
  const keys = (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    if (event.target.closest?.('select, textarea, dialog')) return;
    const links = [...body.querySelectorAll('a.sql-line')];
    const at = links.indexOf(document.activeElement);
    const next = links[event.key === 'ArrowDown' ? at + 1 : Math.max(0, at - 1)];
    if (next) {
      next.focus();
      event.preventDefault();
    }
  };
  document.addEventListener('keydown', keys);
  return () => {
    poll.stop();
    document.removeEventListener('keydown', keys);
  };
}
