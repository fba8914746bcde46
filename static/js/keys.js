// Digits mark the criterion one stands on: 1–9 by value. Not while a text is being written.
const WRITING = 'textarea, input:not([type="radio"]):not([type="checkbox"]), select';

export default function start(rubric) {
  let here = rubric.querySelector('.crit');
  const stand = (crit) => {
    here?.classList.remove('now');
    here = crit;
    here?.classList.add('now');
  };
  stand(here);
  rubric.addEventListener('focusin', (event) => {
    const crit = event.target.closest('.crit');
    if (crit) stand(crit);
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(WRITING)) return;
    if (!rubric.isConnected || document.querySelector('dialog[open]')) return;
    const mark = here?.querySelector(`input[type="radio"][value="${CSS.escape(event.key)}"]:not(:disabled)`);
    if (!/^\d$/.test(event.key) || !mark) return;
    event.preventDefault();
    mark.click();
    const all = [...rubric.querySelectorAll('.crit')];
    const next = all[all.indexOf(here) + 1] ?? here;
    next.querySelector('input:checked, input')?.focus();
  });
}
