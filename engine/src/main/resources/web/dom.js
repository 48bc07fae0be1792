// Elements made from text: nothing here ever parses HTML, so nothing has to be escaped.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style') for (const [key, one] of Object.entries(value)) element.style.setProperty(key,
        one);
    else if (name in element && !(element instanceof SVGElement)
        && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** An HTML element: h('a', {href: '#/jobs', class: 'x'}, 'text', child, ...). */
export const h = (tag, properties, ...children) => fill(document.createElement(tag), properties, children);

/** The same for SVG. */
export const s = (tag, properties, ...children) => fill(document.createElementNS(SVG, tag), properties,
    children);

/** Replaces what is in an element. */
export function show(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Sets a text only when it differs: a selection or a reading position in it stays. */
export function text(element, value) {
  const wanted = String(value ?? '');
  if (element.textContent !== wanted) element.textContent = wanted;
  return element;
}

/** Tells those who listen to the page instead of looking at it. */
export function announce(message) {
  document.getElementById('announce').textContent = message;
}

/**
 * Keeps the children of a parent in step with items: elements are kept by key, so that focus and
 * scroll stay where they are.
 */
export function keyed(parent, items, key, make, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const id = String(key(item));
    let element = known.get(id);
    known.delete(id);
    if (!element) {
      element = make(item);
      element.dataset.key = id;
    }
    update(element, item);
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const gone of known.values()) gone.remove();
}

/** A button that copies a text and says so. */
export function copyButton(label, read) {
  const button = h('button', {type: 'button', class: 'small'}, label);
  button.addEventListener('click', async () => {
    const copied = await copy(read());
    button.textContent = copied ? 'Copied' : 'Select and copy by hand';
    announce(button.textContent);
    setTimeout(() => (button.textContent = label), 1500);
  });
  return button;
}

async function copy(value) {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    // Without https only the old way is allowed.
    const area = h('textarea', {class: 'visually-hidden'});
    area.value = value;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
