// Asks before one leaves a form with words that were not sent.
export default function start(form) {
  let dirty = false;
  form.addEventListener('input', () => { dirty = true; });
  form.addEventListener('submit', () => { dirty = false; });
  form.addEventListener('saved', () => { dirty = false; });
  addEventListener('beforeunload', (event) => {
    if (dirty && form.isConnected) event.preventDefault();
  });
}
