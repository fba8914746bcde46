// Opens a <dialog> in place of the page that asks the same; Escape and "leave it" close it, focus returns.
export default function start(opener) {
  const dialog = document.getElementById(opener.dataset.opens);
  if (!dialog?.showModal) return;
  opener.addEventListener('click', (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog || event.target.closest('[data-close]')) dialog.close();
  });
  dialog.addEventListener('close', () => opener.focus());
}
