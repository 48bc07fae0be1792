// The SQL editor: one statement at a time, its rows a page at a time.

import {announce, copyButton, h, show, text} from './dom.js';
import {ApiError, getWithStatus, post} from './api.js';
import {badge, cancel} from './jobs.js';
import {count, duration, short} from './format.js';
import {highlighted} from './highlight.js';

const PAGE = 200;
const HISTORY_MAX = 50;
const WAIT_MS = 2000;
const OFFSET_MAX = 100000;

/** What SET changes belongs to this tab. */
function session() {
  let id = sessionStorage.getItem('mangonel-session');
  if (!id) {
    const random = crypto.getRandomValues(new Uint8Array(16));
    id = 'page-' + [...random].map((octet) => octet.toString(16).padStart(2, '0')).join('');
    sessionStorage.setItem('mangonel-session', id);
  }
  return id;
}

function history() {
  try {
    const list = JSON.parse(localStorage.getItem('mangonel-history') ?? '[]');
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

function remember(sql) {
  const list = [sql, ...history().filter((one) => one !== sql)].slice(0, HISTORY_MAX);
  try {
    localStorage.setItem('mangonel-history', JSON.stringify(list));
  } catch {
    // No room: it is only a convenience.
  }
}

const NUMERIC = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|FLOAT|DOUBLE|DECIMAL)/;

// What runs goes on while another page is looked at.
let current = null;

class Run {
  constructor(sql, settings) {
    this.sql = sql;
    this.settings = settings;
    this.phase = 'planning';
    this.startedAt = performance.now();
    this.ended = new AbortController();
    this.offset = 0;
    this.onChange = () => {};
  }

  change(phase, more = {}) {
    Object.assign(this, more, {phase});
    if (phase === 'done' || phase === 'failed') this.tookMs ??= performance.now() - this.startedAt;
    this.onChange(this);
  }

  get runs() {
    return this.phase === 'planning' || this.phase === 'running';
  }

  async start() {
    // Should the answer get lost, the same key finds the same job.
    const key = session() + '-' + Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
    try {
      const body = {sql: this.sql, session: session(), settings: this.settings, idempotency_key: key};
      const answer = await this.patiently(() => post('api/statements', body, this.ended.signal), 1);
      if (answer.job === null) {
        this.change('done', {page: {columns: answer.columns, rows: answer.rows, offset: 0,
            total_rows: answer.rows.length}});
        return;
      }
      this.change('running', {job: answer.job, columns: answer.columns});
      await this.read(0);
    } catch (problem) {
      this.fail(problem);
    }
  }

  /** Tries again while the scheduler is away. */
  async patiently(ask, least = 0) {
    for (let tries = 0; ; tries++) {
      try {
        return await ask();
      } catch (problem) {
        if (!(problem instanceof ApiError) || problem.status !== 0 || tries > 60) throw problem;
        announce('The scheduler does not answer; trying again');
        await new Promise((go) => setTimeout(go, Math.min(3000, 300 * (tries + 1 + least))));
      }
    }
  }

  async read(offset) {
    try {
      for (;;) {
        const path = `api/jobs/${encodeURIComponent(this.job)}/result?offset=${offset}&limit=${PAGE}&wait_ms=${WAIT_MS}`;
        const {status, body} = await this.patiently(() => getWithStatus(path, this.ended.signal));
        if (status === 200) {
          this.change('done', {page: body});
          return;
        }
        this.change('running', {state: body});
      }
    } catch (problem) {
      this.fail(problem);
    }
  }

  fail(problem) {
    if (problem instanceof ApiError) this.change('failed', {error: problem.message});
    else if (!this.ended.signal.aborted) throw problem;
  }

  async cancel() {
    if (this.job) await cancel(this.job);
    else {
      this.ended.abort();
      this.change('failed', {error: 'It was given up before it was planned.'});
    }
  }
}

function grid(page) {
  const numeric = page.columns.map((column) => NUMERIC.test(column.type));
  const head = h('tr', null,
      h('th', {class: 'num rownum', scope: 'col'}, h('span', {class: 'visually-hidden'}, 'Row')),
    page.columns.map((column, i) => h('th', {scope: 'col', class: numeric[i] ? 'num' : ''}, column.name,
        h('small', null, column.type.replaceAll('"', '')))));
  const rows = page.rows.map((row, i) => h('tr', null,
      h('td', {class: 'num rownum'}, count(page.offset + i + 1)),
    row.map((value, j) => value === null
        ? h('td', {class: 'null'}, 'NULL') : h('td', {class: numeric[j] ? 'num' : ''}, String(value)))));
  return h('table', {class: 'grid'}, h('thead', null, head), h('tbody', null, rows));
}

function csv(page) {
  const quote = (value) => value === null ? '' : value === '' || /[",\n\r]/.test(String(value))
      ? '"' + String(value).replaceAll('"', '""') + '"' : String(value);
  return [page.columns.map((column) => quote(column.name)),
      ...page.rows.map((row) => row.map(quote))].map((row) => row.join(',')).join('\n') + '\n';
}

function editor(run) {
  const area = h('textarea', {
    id: 'sql', class: 'code', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', wrap: 'off',
        rows: '9',
    'aria-label': 'SQL statement; Control Enter runs it, Escape leaves the editor',
        placeholder: "SELECT * FROM 'file.parquet'",
  });
  const back = h('pre', {class: 'code', 'aria-hidden': 'true'});
  const paint = () => {
    show(back, highlighted(area.value), '\n');
    back.scrollTop = area.scrollTop;
    back.scrollLeft = area.scrollLeft;
  };
  area.addEventListener('input', () => {
    sessionStorage.setItem('mangonel-draft', area.value);
    paint();
  });
  area.addEventListener('scroll', paint);
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    } else if (event.key === 'Escape') {
      area.blur(); // Tab goes on from here: nobody is caught in the editor.
    } else if (event.key === 'Tab' && !event.shiftKey && area.selectionStart !== area.value.length) {
      event.preventDefault();
      area.setRangeText('  ', area.selectionStart, area.selectionEnd, 'end');
      area.dispatchEvent(new Event('input'));
    }
  });
  return {
    element: h('div', {class: 'editor'}, back, area),
    area,
    set(value) {
      area.value = value;
      area.dispatchEvent(new Event('input'));
    },
  };
}

function settingsPanel() {
  let kept = {};
  try {
    kept = JSON.parse(sessionStorage.getItem('mangonel-settings') ?? '{}');
  } catch {
    // Somebody else's: begin anew.
  }
  const joins = h('select', {id: 'join-mode'},
      ['auto', 'hash', 'broadcast'].map((mode) => h('option', {value: mode}, mode)));
  joins.value = kept.mangonel_join_mode ?? 'auto';
  const limit = h('input', {id: 'timeout', type: 'number', min: '0', step: '1', inputmode: 'numeric',
      placeholder: 'none'});
  limit.value = kept.mangonel_statement_timeout_ms ? Number(kept.mangonel_statement_timeout_ms) / 1000 : '';
  const zone = h('input', {id: 'zone', type: 'text', placeholder: 'as the server', autocomplete: 'off',
      spellcheck: 'false'});
  zone.value = kept.TimeZone ?? '';
  const read = () => {
    const settings = {};
    if (joins.value !== 'auto') settings.mangonel_join_mode = joins.value;
    if (Number(limit.value) > 0) settings.mangonel_statement_timeout_ms = String(Math.round(Number(limit.value) * 1000));
    if (zone.value.trim()) settings.TimeZone = zone.value.trim();
    sessionStorage.setItem('mangonel-settings', JSON.stringify(settings));
    return settings;
  };
  const element = h('details', {class: 'settings'}, h('summary', null, 'Settings'),
    h('div', {class: 'fields'},
      h('label', null, 'Joins', joins), h('label', null, 'Timeout in seconds', limit),
          h('label', null, 'Time zone', zone)),
    h('p', {class: 'note'}, 'They hold for the statements of this tab; so does what SET changes.'));
  return {element, read};
}

export function open(main) {
  const runButton = h('button', {type: 'button', class: 'primary'}, 'Run');
  const cancelButton = h('button', {type: 'button', class: 'danger', disabled: true}, 'Cancel');
  const past = h('select', {'aria-label': 'Earlier statements', class: 'past'});
  const line = h('div', {class: 'run-line', role: 'status'});
  const result = h('div', {class: 'result'});
  const settings = settingsPanel();
  const edit = editor(start);
  edit.set(sessionStorage.getItem('mangonel-draft') ?? '');
  let ticking = 0;

  function fillPast() {
    show(past, h('option', {value: ''}, 'Earlier statements'),
        history().map((sql) => h('option', {value: sql}, sql.replace(/\s+/g, ' ').slice(0, 90))));
    past.hidden = history().length === 0;
  }

  function start() {
    const sql = edit.area.value.trim().replace(/;\s*$/, '');
    if (!sql || current?.runs) return;
    remember(sql);
    fillPast();
    current = new Run(sql, settings.read());
    follow(current);
    current.start();
  }

  function follow(run) {
    run.onChange = paint;
    clearInterval(ticking);
    ticking = setInterval(() => run.runs && paintLine(run), 200);
    paint(run);
  }

  function paintLine(run) {
    const took = duration(run.tookMs ?? performance.now() - run.startedAt);
    const link = run.job && h('a', {href: `#/jobs/${encodeURIComponent(run.job)}`}, 'Stages and time line');
    if (run.runs) {
      const tasks = run.state?.tasks > 0 ? ` ${run.state.done_tasks} of ${run.state.tasks} tasks` : '';
      show(line, badge(run.phase === 'running' ? run.state?.state ?? 'RUNNING' : 'QUEUED'),
          h('span', null, took + tasks), link);
    } else if (run.phase === 'failed') {
      show(line, badge('FAILED'), h('span', null, took), link);
    } else {
      const rows = run.page.total_rows;
      show(line, badge('COMPLETED'),
          h('span', null, run.page.columns.length === 0
          ? took : `${count(rows)} ${rows === 1 ? 'row' : 'rows'} in ${took}`), link);
    }
  }

  function paint(run) {
    runButton.disabled = run.runs;
    cancelButton.disabled = !run.runs;
    paintLine(run);
    if (run.runs) {
      if (!run.page) show(result,
          h('div', {class: 'loading', 'aria-label': 'Running'}, h('i'), h('i'), h('i')));
      return;
    }
    if (run.phase === 'failed') {
      show(result, h('div', {class: 'error', role: 'alert'}, run.error));
      return;
    }
    paintResult(run);
  }

  function paintResult(run) {
    const page = run.page;
    if (page.columns.length === 0) {
      show(result, h('div', {class: 'empty'}, h('strong', null, 'Done'),
          h('p', null, 'The statement has no rows.')));
      return;
    }
    const last = page.offset + page.rows.length;
    const move = (label, offset, possible) => {
      const button = h('button', {type: 'button', class: 'small'}, label);
      button.disabled = !possible;
      button.addEventListener('click', () => {
        button.disabled = true;
        run.read(offset);
      });
      return button;
    };
    show(result,
      h('div', {class: 'card table-card'},
          h('div', {class: 'scroll grid-scroll', tabindex: '0', role: 'region', 'aria-label': 'Result'},
          grid(page))),
      h('div', {class: 'pager'},
        h('span', {class: 'range'},
            page.rows.length === 0 ? 'No rows' : `Rows ${count(page.offset + 1)} to ${count(last)} of ${count(page.total_rows)}`,
          page.values_cut && ' · long values are cut',
              page.total_rows > OFFSET_MAX
              && ` · the page shows the first ${short(OFFSET_MAX)}; a client reads all`),
        h('span', {class: 'grow'}), copyButton('Copy as CSV', () => csv(page)),
        run.job && move('Back', Math.max(0, page.offset - PAGE), page.offset > 0),
        run.job && move('More', last, last < page.total_rows && last < OFFSET_MAX)));
  }

  runButton.addEventListener('click', start);
  cancelButton.addEventListener('click', async () => {
    cancelButton.disabled = true;
    try {
      await current.cancel();
    } catch (problem) {
      announce(problem.message);
    }
  });
  past.addEventListener('change', () => {
    if (past.value) edit.set(past.value);
    past.value = '';
    edit.area.focus();
  });
  fillPast();
  show(main,
    h('div', {class: 'page-head'}, h('h1', null, 'SQL'), h('span', {class: 'grow'}), past),
    h('div', {class: 'card editor-card'}, edit.element,
      h('div', {class: 'editor-bar'}, runButton, cancelButton,
          h('span', {class: 'note'}, h('kbd', null, 'Ctrl'), ' ', h('kbd', null, 'Enter')),
          h('span', {class: 'grow'}), settings.element)),
    line, result);
  if (current) follow(current);
  else {
    show(result, h('div', {class: 'empty'}, h('strong', null, 'Run a statement to see its rows here'),
        h('p', null, 'DuckDB’s SQL over Parquet, CSV and JSON files; views are in the catalogue: ',
        h('code', null, 'SHOW TABLES'), '.')));
  }
  edit.area.focus();
  return () => {
    clearInterval(ticking);
    if (current) current.onChange = () => {};
  };
}
