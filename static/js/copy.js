// Copies a code or an address; the button says when it is done.
export default function start(button) {
  if (!navigator.clipboard) return;
  const label = button.querySelector('span');
  const before = label.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = before; }, 2000);
  });
}
