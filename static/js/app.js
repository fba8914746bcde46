// Fetches a module when the page holds an element it serves. Each module's default export takes one element.
// Addresses come from the page, with content hashes; no text lives in scripts.
const SERVES = {
  theme: '[data-theme-switch]',
  menu: '[data-menu]',
  cards: '.table.cards',
  countdown: '[data-countdown]',
  counter: '[data-counter]',
  dirty: 'form[data-dirty]',
  sections: 'form[data-sections]',
  autosave: 'form[data-autosave]',
  budget: '[data-budget]',
  list: 'form[data-list]',
  keys: '[data-keys]',
  decide: 'form[data-decide]',
  dialog: '[data-opens]',
  copy: '[data-copy]',
  errors: '[data-errors]',
};

const addresses = JSON.parse(document.querySelector('script[data-modules]').dataset.modules);
const served = new WeakMap();

function serve(element, name, start) {
  const names = served.get(element) ?? new Set();
  if (names.has(name)) return;
  served.set(element, names.add(name));
  start(element);
}

async function begin(root) {
  for (const [name, selector] of Object.entries(SERVES)) {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.push(root);
    if (!found.length || !addresses[name]) continue;
    const module = await import(addresses[name]);
    for (const element of found) serve(element, name, module.default);
  }
}

begin(document);
document.addEventListener('htmx:load', (event) => begin(event.target));
