// How much room is left in a text; nothing is ever cut off.
export default function start(counter) {
  const field = document.getElementById(counter.dataset.counter);
  if (!field) return;
  const limit = Number(counter.dataset.limit);
  const show = () => {
    const left = limit - [...field.value.replace(/\r\n/g, '\n')].length;
    const pattern = left < 0 ? counter.dataset.over : counter.dataset.left;
    counter.textContent = pattern.replace('{n}', Math.abs(left));
    counter.classList.toggle('over', left < 0);
  };
  field.addEventListener('input', show);
  show();
}
