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

const AGAIN = [500, 2000, 5000, 10000, 20000];
const addresses = JSON.parse(document.querySelector('script[data-modules]').dataset.modules);

const pause = (time) => new Promise((go) => { setTimeout(go, time); });

/** A module that did not come is asked for again, by another address: a browser may remember the failure. */
async function fetched(name) {
  for (const [turn, time] of AGAIN.entries()) {
    try {
      return await import(turn ? `${addresses[name]}&again=${turn}` : addresses[name]);
    } catch {
      await pause(time);
    }
  }
  return null;
}

function serve(element, name, start) {
  const served = (element.dataset.served ?? '').split(' ').filter(Boolean);
  if (served.includes(name)) return;
  element.dataset.served = [...served, name].join(' ');
  start(element);
}

function begin(root) {
  const wanted = Object.entries(SERVES).map(([name, selector]) => {
    const found = [...root.querySelectorAll(selector)];
    return [name, root.matches?.(selector) ? [...found, root] : found];
  }).filter(([name, found]) => found.length && addresses[name]);
  const modules = wanted.map(([name]) => fetched(name));
  // In the order above, whichever comes first: what one does, the next may build on.
  return wanted.reduce(async (before, [name, found], place) => {
    await before;
    const module = await modules[place];
    for (const element of found) if (module) serve(element, name, module.default);
  }, Promise.resolve());
}

begin(document);
document.addEventListener('htmx:load', (event) => begin(event.target));
