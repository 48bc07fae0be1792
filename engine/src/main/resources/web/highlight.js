// SQL with colours: words, strings, numbers and comments, nothing more.

import {h} from './dom.js';

const WORDS = new Set(
  ('all alter analyze and anti any array as asc asof between by case cast copy create cross current desc describe ' +
    'distinct drop else end except exclude exists explain false filter first following from full group having if ilike in inner ' +
    'insert intersect interval into is join last lateral left like limit macro natural not null nulls offset on or order outer over ' +
    'partition pivot preceding qualify range recursive replace reset right rows sample schema select semi set show some ' +
    'summarize table temp temporary then true unbounded union unnest unpivot update use using values view when where window with')
    .split(' '),
);

const TOKEN = /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*(?:'|$))|("(?:[^"]|"")*(?:"|$))|(\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)|([A-Za-z_][A-Za-z_0-9]*)/g;

/** Nodes for a text; beyond some length it stays plain. */
export function highlighted(sql) {
  if (sql.length > 50000) return [sql];
  const nodes = [];
  let end = 0;
  for (const match of sql.matchAll(TOKEN)) {
    const [token, comment, string, name, number, word] = match;
    const kind = comment ? 'comment' : string ? 'string' : number
        ? 'number' : word && WORDS.has(word.toLowerCase()) ? 'word' : null;
    if (!kind || name) continue;
    nodes.push(sql.slice(end, match.index), h('span', {class: 'sql-' + kind}, token));
    end = match.index + token.length;
  }
  nodes.push(sql.slice(end));
  return nodes;
}

/** A block of SQL. */
export const sqlBlock = (sql) => h('pre', {class: 'sql', tabindex: '0', 'aria-label': 'SQL'},
    h('code', null, highlighted(sql)));
