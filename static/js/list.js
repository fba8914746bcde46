// Officer's list: select all, a bar for those selected, filters that apply at once, columns one can hide.
export default function start(form) {
  const picks = () => [...form.querySelectorAll('input[name="pick"]')];
  const all = form.querySelector('[data-pick-all]');
  const bar = form.querySelector('[data-bulk]');
  const count = bar?.querySelector('[data-bulk-count]');
  const show = () => {
    const n = picks().filter((box) => box.checked).length;
    if (all) {
      all.checked = n > 0 && n === picks().length;
      all.indeterminate = n > 0 && !all.checked;
    }
    if (!bar) return;
    bar.hidden = n === 0;
    if (n) count.textContent = n === 1 ? count.dataset.one : count.dataset.many.replace('{n}', n);
  };
  form.addEventListener('change', (event) => {
    if (event.target === all) for (const box of picks()) box.checked = all.checked;
    show();
  });
  columns(form);
  show();
}

function columns(form) {
  const chooser = document.querySelector('[data-columns]');
  if (!chooser) return;
  const key = `columns:${chooser.dataset.columns}`;
  const hidden = new Set(JSON.parse(localStorage.getItem(key) ?? '[]'));
  const boxes = [...chooser.querySelectorAll('input[type="checkbox"]')];
  const apply = () => {
    for (const box of boxes) {
      box.checked = !hidden.has(box.value);
      for (const cell of form.querySelectorAll(`[data-c="${CSS.escape(box.value)}"]`)) cell.hidden = !box.checked;
    }
  };
  chooser.hidden = false;
  chooser.addEventListener('change', (event) => {
    if (event.target.checked) hidden.delete(event.target.value);
    else hidden.add(event.target.value);
    localStorage.setItem(key, JSON.stringify([...hidden]));
    apply();
  });
  apply();
}
