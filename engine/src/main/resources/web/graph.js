// The stages of a job as a graph, left to right: a small layered layout. A job has few stages, so that the
// simple way (longest paths, barycentres, points on the way for long edges) is good enough.

import {s, text} from './dom.js';
import {bytes, duration, short} from './format.js';

const NODE = {width: 176, height: 78};
const GAP = {x: 136, y: 26};
const POINT_HEIGHT = 14;
const MARGIN = 10;
const SWEEPS = 6;
const SHRINK_MIN = 0.75;

/** Layers of nodes; an edge over several layers gets a point in each. */
export function layout(stages) {
  const layer = new Map();
  for (const stage of stages) {
    layer.set(stage.id, Math.max(-1, ...stage.inputs.map((input) => layer.get(input.stage) ?? -1)) + 1);
  }
  // A producer stands right before the first stage that reads it.
  for (const stage of [...stages].reverse()) {
    const readers = stages.filter((other) => other.inputs.some((input) => input.stage === stage.id));
    if (readers.length) layer.set(stage.id, Math.min(...readers.map((reader) => layer.get(reader.id))) - 1);
  }
  const layers = [];
  const put = (node) => (layers[node.layer] ??= []).push(node);
  const nodes = new Map(stages.map((stage) => [stage.id,
      {id: stage.id, layer: layer.get(stage.id), before: [], after: []}]));
  nodes.forEach(put);
  const edges = [];
  for (const stage of stages) {
    for (const input of stage.inputs) {
      const path = [nodes.get(input.stage)];
      for (let at = layer.get(input.stage) + 1; at < layer.get(stage.id); at++) {
        const point = {layer: at, point: true, before: [], after: []};
        put(point);
        path.push(point);
      }
      path.push(nodes.get(stage.id));
      for (let i = 1; i < path.length; i++) {
        path[i].before.push(path[i - 1]);
        path[i - 1].after.push(path[i]);
      }
      edges.push({producer: input.stage, consumer: stage.id, kind: input.kind, path});
    }
  }
  order(layers);
  place(layers);
  const all = layers.flat();
  return {
    nodes: [...nodes.values()],
    edges,
    width: Math.max(...all.map((node) => node.x)) + NODE.width + MARGIN,
    height: Math.max(...all.map((node) => node.y + node.height)) + MARGIN,
  };
}

function order(layers) {
  const number = (list) => list.forEach((node, i) => (node.at = i));
  layers.forEach(number);
  const mean = (list, node) => (list.length
      ? list.reduce((sum, other) => sum + other.at, 0) / list.length : node.at);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const side = sweep % 2 ? 'after' : 'before';
    for (const list of sweep % 2 ? [...layers].reverse() : layers) {
      list.sort((a, b) => mean(a[side], a) - mean(b[side], b));
      number(list);
    }
  }
}

function place(layers) {
  const height = (node) => (node.point ? POINT_HEIGHT : NODE.height);
  const total = (list) => list.reduce((sum, node) => sum + height(node) + GAP.y, -GAP.y);
  const tallest = Math.max(...layers.map(total));
  layers.forEach((list, i) => {
    let y = MARGIN + (tallest - total(list)) / 2;
    for (const node of list) {
      node.x = MARGIN + i * (NODE.width + GAP.x);
      node.y = y;
      node.height = height(node);
      y += node.height + GAP.y;
    }
  });
}

function curve(path) {
  const middle = (node) => node.y + node.height / 2;
  let d = `M${path[0].x + NODE.width} ${middle(path[0])}`;
  for (let i = 1; i < path.length; i++) {
    const from = path[i - 1];
    const to = path[i];
    const start = from.x + NODE.width;
    const bend = (to.x - start) / 2;
    d += ` C${start + bend} ${middle(from)} ${to.x - bend} ${middle(to)} ${to.x} ${middle(to)}`;
    if (to.point) d += ` H${to.x + NODE.width}`;
  }
  return d;
}

export function stageState(stage, job) {
  if (stage.done === stage.tasks) return 'completed';
  if (job.state === 'FAILED'
      && job.attempts.some((attempt) => attempt.stage === stage.id && failed(attempt))) return 'failed';
  if (job.ended_ms !== null) return 'cancelled';
  return stage.running > 0 || stage.done > 0 ? 'running' : 'queued';
}

/** Whether an attempt ended in a failure of its own. */
export const failed = (attempt) => !['SUCCEEDED', 'RUNNING', 'JOB_ENDED'].includes(attempt.outcome);

const KINDS = {HASH: 'hash', ALL: 'all', SAME: 'same'};
const KIND_WORDS = {HASH: 'by hash', ALL: 'all rows to every task', SAME: 'task by task'};

/** Draws a job's stages; `update(job, selected)` keeps the drawing in step. */
export class Graph {
  constructor(host, onSelect) {
    this.host = host;
    this.onSelect = onSelect;
    this.shape = '';
  }

  update(job, selected, times) {
    const shape = JSON.stringify(job.stages.map((stage) => [stage.id, stage.inputs]));
    if (shape !== this.shape) {
      this.shape = shape;
      this.draw(job.stages);
    }
    for (const stage of job.stages) this.updateNode(stage, job, stage.id === selected, times.get(stage.id));
    for (const {producer, consumer, kind, label, path} of this.edges) {
      const stage = job.stages.find((one) => one.id === producer);
      // What each task reads whole flows once for each of them.
      const readers = kind === 'ALL' ? job.stages.find((one) => one.id === consumer).tasks : 1;
      text(label.lastChild, stage.rows > 0 || stage.done > 0
          ? `${short(stage.rows)} rows · ${bytes(stage.bytes)}${readers > 1 ? ` × ${readers}` : ''}` : '');
      path.classList.toggle('flows', stage.done > 0 && job.ended_ms === null);
    }
  }

  draw(stages) {
    const plan = layout(stages);
    this.nodes = new Map();
    this.edges = [];
    const svg = s('svg', {
      viewBox: `0 0 ${plan.width} ${plan.height}`, width: plan.width, height: plan.height, role: 'group',
          'aria-label': 'Stages and what flows between them',
    });
    svg.append(s('defs', null,
        s('marker', {id: 'arrow', viewBox: '0 0 8 8', refX: 8, refY: 4, markerWidth: 7, markerHeight: 7,
        orient: 'auto-start-reverse'}, s('path', {d: 'M0 0 8 4 0 8z', class: 'arrow'}))));
    for (const edge of plan.edges) {
      const path = s('path', {d: curve(edge.path), class: 'edge', 'marker-end': 'url(#arrow)'},
        s('title', null, `Stage ${edge.consumer} reads stage ${edge.producer}: ${KIND_WORDS[edge.kind]}`));
      const [from, to] = edge.path;
      const x = from.x + NODE.width + GAP.x / 2;
      const y = (from.y + from.height / 2 + to.y + to.height / 2) / 2;
      const label = s('text', {class: 'edge-label', x, y, 'text-anchor': 'middle'},
        s('tspan', {x, dy: '-0.5em', class: 'edge-kind'}, KINDS[edge.kind]), s('tspan', {x, dy: '1.5em'}));
      svg.append(path);
      this.edges.push({...edge, label, path});
    }
    // Labels are above every edge.
    svg.append(...this.edges.map((edge) => edge.label), ...plan.nodes.map((node) => this.drawNode(node)));
    // It shrinks a little before it has to be scrolled.
    svg.style.minWidth = `${Math.round(plan.width * SHRINK_MIN)}px`;
    this.host.replaceChildren(svg);
  }

  drawNode(node) {
    const parts = {
      title: s('text', {x: 14, y: 22, class: 'node-title'}, `Stage ${node.id}`),
      time: s('text', {x: NODE.width - 12, y: 22, class: 'node-time', 'text-anchor': 'end'}),
      tasks: s('text', {x: 14, y: 42, class: 'node-text'}),
      rows: s('text', {x: NODE.width - 12, y: 42, class: 'node-text', 'text-anchor': 'end'}),
      back: s('rect', {x: 14, y: 55, width: NODE.width - 26, height: 8, rx: 4, class: 'bar-back'}),
      bar: s('rect', {x: 14, y: 55, width: 0, height: 8, rx: 4, class: 'bar'}),
      busy: s('rect', {x: 14, y: 55, width: 0, height: 8, rx: 4, class: 'bar-busy'}),
    };
    const select = () => this.onSelect(node.id);
    const group = s('g', {
      class: 'node', tabindex: '0', role: 'button', transform: `translate(${node.x} ${node.y})`,
          'data-stage': node.id,
      onclick: select,
      onkeydown: (event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          select();
        }
      },
    }, s('rect', {width: NODE.width, height: NODE.height, rx: 8, class: 'node-box'}),
        s('rect', {width: 5, height: NODE.height - 16, x: 0, y: 8, rx: 2, class: 'node-mark'}),
        Object.values(parts));
    this.nodes.set(node.id, {group, parts});
    return group;
  }

  updateNode(stage, job, selected, time) {
    const {group, parts} = this.nodes.get(stage.id);
    const state = stageState(stage, job);
    group.setAttribute('data-state', state);
    group.setAttribute('data-done', stage.done);
    group.setAttribute('aria-pressed', String(selected));
    group.setAttribute('aria-label',
        `Stage ${stage.id}, ${state}, ${stage.done} of ${stage.tasks} tasks done`);
    const again = stage.attempt > 0 ? ` · rerun ${stage.attempt}` : stage.failed_attempts > 0
        ? ` · ${stage.failed_attempts} failed` : '';
    text(parts.tasks, `${stage.done}/${stage.tasks} tasks${again}`);
    text(parts.rows, stage.done > 0 && !again ? `${short(stage.rows)} rows` : '');
    text(parts.time, time ? duration(time.end - time.start) : '');
    const room = NODE.width - 26;
    const done = (stage.done / stage.tasks) * room;
    parts.bar.setAttribute('width', done);
    parts.busy.setAttribute('x', 14 + done);
    parts.busy.setAttribute('width', job.ended_ms === null ? (stage.running / stage.tasks) * room : 0);
  }
}
