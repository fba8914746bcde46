// Light, dark, or as the system: remembered in a cookie that the server reads for <html data-theme>.
const ORDER = ['system', 'light', 'dark'];
const YEAR = 31536000;

function chosen() {
  const found = /(?:^|; )theme=(light|dark)/.exec(document.cookie);
  return found ? found[1] : 'system';
}

function show(button, theme) {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  button.querySelector('[data-name]').textContent = button.dataset[theme];
  button.title = button.dataset[theme];
}

export default function start(button) {
  button.hidden = false;
  show(button, chosen());
  button.addEventListener('click', () => {
    const next = ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length];
    const age = next === 'system' ? 0 : YEAR;
    document.cookie = `theme=${next}; path=/; max-age=${age}; samesite=lax`;
    show(button, next);
  });
}
