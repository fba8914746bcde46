// After a save: questions that are asked now appear and the others go; what the server has acknowledged is forgotten.
const forget = (address) => {
  try { localStorage.removeItem(`kept:${address}`); } catch { /* nothing was kept */ }
};

export default function start(form) {
  if (form.dataset.acknowledged) forget(form.dataset.acknowledged);
  form.addEventListener('saved', ({ detail }) => {
    const asked = new Set(detail.asked ?? []);
    if (!asked.size) return;
    for (const field of form.querySelectorAll('[data-question]')) field.hidden = !asked.has(field.dataset.question);
  });
}
