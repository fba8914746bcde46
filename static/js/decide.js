// The decision table follows its figures: when the server has answered what a change comes to, the line where the
// money ends moves to its new place. Fields that an outcome does not need step aside.
const NEEDS = { amount: ['', 'fund'], reason: ['reserve', 'decline'] };

function step(form, select) {
  const key = select.name.slice('outcome-'.length);
  for (const [name, outcomes] of Object.entries(NEEDS)) {
    const field = form.elements[`${name}-${key}`];
    if (field) field.hidden = !outcomes.includes(select.value) && !(name === 'reason' && field.value);
  }
}

function draw(form, totals) {
  const figures = totals.querySelector('[data-cut]');
  const line = form.querySelector('[data-cut-line]');
  if (!figures || !line) return;
  line.querySelector('[data-cut-text]').textContent = figures.dataset.cutSays;
  const runs = JSON.parse(figures.dataset.runs || '{}');
  const body = line.parentElement;
  const first = figures.dataset.cut ? body.querySelector(`[data-row="${CSS.escape(figures.dataset.cut)}"]`) : null;
  body.insertBefore(line, first);
  let below = false;
  for (const row of body.children) {
    if (row === line) below = true;
    else {
      row.classList.toggle('below', below);
      const running = row.querySelector('[data-running]');
      if (running) running.textContent = runs[row.dataset.row] ?? '';
    }
  }
}

export default function start(form) {
  form.addEventListener('change', (event) => {
    if (event.target.name?.startsWith('outcome-')) step(form, event.target);
  });
  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.target.id === 'totals') draw(form, event.target);
  });
}
