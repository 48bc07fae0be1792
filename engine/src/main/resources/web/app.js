// Which page is shown, and what is the same on all of them.

import {announce, h, show, text} from './dom.js';
import {get, onReachable, repeat} from './api.js';
import * as jobs from './jobs.js';
import * as job from './job.js';
import * as executors from './executors.js';
import * as schedulers from './schedulers.js';
import * as sql from './sql.js';

const main = document.getElementById('main');
let leave = () => {};

function route() {
  const [page, id] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  leave();
  leave = () => {};
  show(main);
  for (const link of document.querySelectorAll('nav a')) {
    const current = link.dataset.page === (page || 'jobs');
    if (current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const open = {
    '': [jobs, 'Jobs'], jobs: id ? [job, `Job ${id}`] : [jobs, 'Jobs'],
    sql: [sql, 'SQL'], executors: [executors, 'Executors'], schedulers: [schedulers, 'Schedulers'],
  }[page];
  if (!open) {
    document.title = 'Mangonel';
    show(main, h('h1', null, 'There is no such page'), h('p', null, h('a', {href: '#/jobs'}, 'To the jobs')));
    return;
  }
  document.title = `${open[1]} · Mangonel`;
  announce(open[1]);
  leave = open[0].open(main, id) ?? leave;
}

// Themes.

const theme = document.getElementById('theme');
const THEMES = {auto: 'Auto', light: 'Light', dark: 'Dark'};

function applyTheme(name) {
  document.documentElement.dataset.theme = name;
  text(theme, THEMES[name]);
  theme.setAttribute('aria-label', `Colours: ${THEMES[name]}. Press for the next.`);
  theme.title = 'Light or dark';
}

theme.addEventListener('click', () => {
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length];
  localStorage.setItem('mangonel-theme', next);
  applyTheme(next);
});
applyTheme(THEMES[localStorage.getItem('mangonel-theme')] ? localStorage.getItem('mangonel-theme') : 'auto');

// Keys.

const shortcuts = document.getElementById('shortcuts');
document.getElementById('help').addEventListener('click', () => shortcuts.showModal());
let prefix = 0;

document.addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('input, textarea, select, dialog');
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const afterPrefix = Date.now() - prefix < 1500;
  prefix = 0;
  const pages = {j: '#/jobs', s: '#/sql', e: '#/executors', c: '#/schedulers'};
  if (afterPrefix && pages[event.key]) {
    location.hash = pages[event.key];
    event.preventDefault();
  } else if (event.key === 'g') {
    prefix = Date.now();
  } else if (event.key === '?') {
    shortcuts.showModal();
  } else if (event.key === '/') {
    event.preventDefault();
    if (location.hash.replace(/^#\/?/, '') !== 'jobs') location.hash = '#/jobs';
    setTimeout(() => document.getElementById('search')?.focus());
  }
});

// The cluster in the corner, and whether the scheduler is there at all.

onReachable((now) => {
  document.getElementById('offline').hidden = now;
  if (now) announce('The scheduler is back');
});

const cluster = document.getElementById('cluster');
repeat(
  async (signal) => {
    const now = await get('api/cluster', signal);
    cluster.hidden = false;
    text(cluster, now.executors === 0 ? 'no executor' : `${now.running_tasks} of ${now.slots} slots busy`);
    cluster.classList.toggle('bad', now.executors === 0);
    cluster.title = `${now.executors} executors, DuckDB ${now.duckdb_version}`;
  },
  () => 3000,
);

addEventListener('hashchange', () => {
  route();
  main.focus({preventScroll: true});
  scrollTo(0, 0);
});
route();
