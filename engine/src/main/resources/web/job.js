// One job: its graph, its time line, its stages.

import {announce, copyButton, h, keyed, show, text} from './dom.js';
import {get, repeat, serverNow} from './api.js';
import {badge, cancel, confirmCancel} from './jobs.js';
import {bytes, cancellable, count, duration, jobDuration, running, shortId, time} from './format.js';
import {failed, Graph, stageState} from './graph.js';
import {stageColour, Timeline} from './timeline.js';
import {sqlBlock} from './highlight.js';

const TASKS_SHOWN = 200;
const FAILURES_SHOWN = 50;

/** The first launch and the last report of each stage. */
function stageTimes(job, now) {
  const times = new Map();
  for (const attempt of job.attempts) {
    if (attempt.started_ms === null) continue;
    const end = attempt.ended_ms ?? (job.ended_ms ?? now);
    const known = times.get(attempt.stage);
    times.set(attempt.stage, known
        ? {start: Math.min(known.start, attempt.started_ms),
        end: Math.max(known.end, end)} : {start: attempt.started_ms, end});
  }
  return times;
}

function fact(name) {
  const value = h('dd');
  return {element: h('div', null, h('dt', null, name), value), value};
}

function section(title, ...children) {
  const heading = h('h2', null, title);
  return h('section', {class: 'card'}, heading, children);
}

export function open(main, id) {
  const state = h('span', {class: 'state'});
  const cancelButton = h('button', {type: 'button', class: 'danger', hidden: true}, 'Cancel job');
  const edit = h('button', {type: 'button'}, 'Open in editor');
  const facts = Object.fromEntries(['Submitted', 'Time', 'Planning', 'Tasks', 'Rows', 'User',
      'Owner'].map((name) => [name, fact(name)]));
  const error = h('div', {class: 'error', role: 'alert', hidden: true});
  const note = h('p', {class: 'hint', hidden: true});
  const statement = h('div');
  const graphHost = h('div', {class: 'graph scroll'});
  const timelineHost = h('div', {class: 'timeline'});
  const incomplete = h('p', {class: 'note', hidden: true},
      'The beginning of the time line is no longer kept.');
  const stageHost = h('div', {class: 'stage-detail'});
  const failures = h('section', {class: 'card', hidden: true});
  const loading = h('div', {class: 'card loading', 'aria-label': 'Loading'}, h('i'), h('i'), h('i'));
  const content = h('div', {hidden: true},
    h('dl', {class: 'facts card'}, Object.values(facts).map((one) => one.element)),
    error, note,
    h('section', {class: 'card'},
        h('div', {class: 'block-head'}, h('h2', null, 'Statement'), h('span', {class: 'grow'}),
        copyButton('Copy', () => job?.sql ?? '')), statement),
    section('Stages', graphHost, stageHost),
    section('Time line', timelineHost, incomplete),
    failures);
  show(main,
    h('div', {class: 'page-head'},
      h('h1', null, h('a', {href: '#/jobs', class: 'crumb'}, 'Jobs'), ' ', h('span', {class: 'job-id'}, id)),
          state, h('span', {class: 'grow'}), edit, cancelButton),
    loading, content);

  let job = null;
  let selected = null;
  let shownStage = '';
  const graph = new Graph(graphHost, select);
  const timeline = new Timeline(timelineHost, select);

  function select(stage) {
    selected = stage;
    paint();
  }

  function paint() {
    const now = job.ended_ms ?? Math.max(serverNow(), job.submitted_ms);
    if (state.firstChild?.dataset.state !== job.state) {
      show(state, badge(job.state));
      announce(`Job ${badge(job.state).textContent}`);
    }
    cancelButton.hidden = !cancellable(job.state);
    text(facts.Submitted.value, time(job.submitted_ms));
    text(facts.Time.value, jobDuration(job, now));
    text(facts.Planning.value, job.started_ms === null ? '–' : duration(job.started_ms - job.submitted_ms));
    text(facts.Tasks.value, job.tasks > 0 ? `${job.done_tasks} of ${job.tasks}` : stageTasks());
    text(facts.Rows.value, job.state === 'COMPLETED' ? count(job.rows) : '–');
    text(facts.User.value, job.principal);
    const owner = job.owners.at(-1);
    text(facts.Owner.value, owner ? `${shortId(owner.scheduler)}, epoch ${job.epoch}` : `epoch ${job.epoch}`);
    facts.Owner.value.title = owner?.scheduler ?? '';
    error.hidden = job.error === null;
    text(error, job.error ?? '');
    note.hidden = job.fallback === null;
    text(note, job.fallback === null ? '' : `It runs whole, as one task: ${job.fallback}.`);
    if (!statement.firstChild) {
      show(statement, sqlBlock(job.sql));
    }
    incomplete.hidden = job.history_complete || job.attempts.length === 0;
    if (job.stages.length === 0) {
      show(graphHost, h('p', {class: 'note'},
          running(job.state) ? 'It is being planned.' : 'Its stages are no longer kept, or it was never planned.'));
      graph.shape = '';
    } else {
      const broken = job.state === 'FAILED' && job.attempts.findLast(failed);
      selected ??= broken ? broken.stage : job.stages.at(-1).id;
      const times = stageTimes(job, now);
      graph.update(job, selected, times);
      paintStage(job.stages.find((stage) => stage.id === selected), times.get(selected));
    }
    timeline.update(job, now);
    paintFailures();
  }

  const stageTasks = () => {
    const all = job.stages.reduce((sum, stage) => sum + stage.tasks, 0);
    return all ? `${job.stages.reduce((sum, stage) => sum + stage.done, 0)} of ${all}` : '–';
  };

  let taskBody = null;
  let stageFacts = null;

  function paintStage(stage, times) {
    const key = `${stage.id} ${stage.sql}`;
    if (key !== shownStage) {
      shownStage = key;
      taskBody = h('tbody');
      stageFacts = h('span', {class: 'stage-facts'});
      show(stageHost,
        h('div', {class: 'block-head'},
          h('h3', null, h('i', {class: 'swatch ' + stageColour(stage.id)}), `Stage ${stage.id}`), stageFacts,
              h('span', {class: 'grow'}), copyButton('Copy SQL', () => stage.sql)),
        sqlBlock(stage.sql),
        h('div', {class: 'scroll tall'}, h('table', {class: 'list dense'},
          h('thead', null, h('tr', null,
              [['Task', 'num'], ['State', ''], ['Executor', ''], ['Time', 'num'], ['Rows', 'num'],
              ['Bytes', 'num'], ['Failed attempts', 'num']].map(([name, kind]) => h('th',
              {scope: 'col', class: kind}, name)))),
          taskBody)),
        stage.by_task.length > TASKS_SHOWN
            && h('p', {class: 'note'}, `The first ${TASKS_SHOWN} of ${count(stage.by_task.length)} tasks.`));
    }
    text(stageFacts, [stageState(stage, job), times && duration(times.end - times.start),
        `${count(stage.rows)} rows`, bytes(stage.bytes),
        stage.attempt > 0 && `outputs lost ${stage.attempt} times`,
        !stage.deterministic && 'not reproducible'].filter(Boolean).join(' · '));
    const last = new Map();
    for (const attempt of job.attempts) if (attempt.stage === stage.id) last.set(attempt.partition, attempt);
    keyed(taskBody, stage.by_task.slice(0, TASKS_SHOWN), (task) => task.partition,
      () => h('tr', null, ['num', '', '', 'num', 'num', 'num', 'num'].map((kind) => h('td', {class: kind}))),
      (row, task) => {
        const attempt = last.get(task.partition);
        const timed = attempt && attempt.started_ms !== null && task.state !== 'waiting';
        const values = [task.partition, task.state, task.executor ? shortId(task.executor) : '',
          timed ? duration((attempt.ended_ms ?? Math.max(serverNow(),
              attempt.started_ms)) - attempt.started_ms) : '',
          task.state === 'done' ? count(task.rows) : '', task.state === 'done' ? bytes(task.bytes) : '',
              task.failed_attempts || ''];
        values.forEach((value, i) => text(row.children[i], value));
        row.dataset.state = task.state;
      });
  }

  function paintFailures() {
    const broken = job.attempts.filter(failed);
    const again = job.attempts.filter((attempt) => attempt.attempt > 0).length;
    failures.hidden = broken.length === 0;
    if (broken.length === 0 || failures.dataset.count === `${broken.length} ${again}`) return;
    failures.dataset.count = `${broken.length} ${again}`;
    show(failures, h('h2', null, 'Failed attempts and reruns'),
      h('p', {class: 'note'}, `${count(broken.length)} attempts failed, ${count(again)} were launched again.`),
      h('div', {class: 'scroll tall'}, h('table', {class: 'list dense'},
        h('thead', null, h('tr', null,
            ['Task', 'Attempt', 'Why', 'Executor', 'Message'].map((name) => h('th', {scope: 'col'}, name)))),
        h('tbody', null, broken.slice(-FAILURES_SHOWN).reverse().map((attempt) => h('tr', null,
          h('td', null, `${attempt.stage}.${attempt.partition}`), h('td', null, attempt.attempt + 1),
          h('td', null, attempt.outcome.toLowerCase().replaceAll('_', ' ')),
              h('td', null, shortId(attempt.executor)), h('td', {class: 'wrap'}, attempt.message ?? '')))))));
  }

  cancelButton.addEventListener('click', async () => {
    if (!(await confirmCancel(id))) return;
    cancelButton.disabled = true;
    try {
      await cancel(id);
    } catch (problem) {
      announce(problem.message);
    }
    cancelButton.disabled = false;
    poll.now();
  });
  edit.addEventListener('click', () => {
    if (job) sessionStorage.setItem('mangonel-draft', job.sql);
    location.hash = '#/sql';
  });

  const poll = repeat(
    async (signal) => {
      job = await get(`api/jobs/${encodeURIComponent(id)}`, signal);
      loading.hidden = true;
      content.hidden = false;
      paint();
    },
    // An ended job stays as it is: look again now and then, its details may go.
    () => (job && !running(job.state) ? 15000 : 700),
    (problem) => {
      if (problem.status === 404 || problem.status === 400) {
        show(loading, h('div', {class: 'empty'}, h('strong', null, problem.message),
            h('p', null, h('a', {href: '#/jobs'}, 'To the jobs'))));
        loading.classList.remove('loading');
        loading.hidden = false;
        content.hidden = true;
      }
    },
  );
  return () => {
    poll.stop();
    timeline.close();
  };
}
