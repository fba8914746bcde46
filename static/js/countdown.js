// Counts down by the server's clock: the page says what time it was there, the browser only how long ago that was.
const SECOND = 1000;

function words(data, left) {
  const s = Math.floor(left / SECOND);
  const parts = { d: Math.floor(s / 86400), h: Math.floor((s % 86400) / 3600), m: Math.floor((s % 3600) / 60), s: s % 60 };
  const pattern = s >= 86400 ? data.days : s >= 3600 ? data.hours : data.minutes;
  return pattern.replace(/\{(\w)\}/g, (_, key) => parts[key]);
}

export default function start(element) {
  const data = element.dataset;
  const until = Date.parse(data.countdown);
  const offset = Date.parse(data.now) - performance.now();
  const tick = () => {
    const left = until - (offset + performance.now());
    element.textContent = left <= 0 ? data.over : words(data, left);
    element.classList.toggle('late', left < 3600 * SECOND);
    if (left > 0 && element.isConnected) setTimeout(tick, left < 3600 * SECOND ? SECOND : 30 * SECOND);
  };
  tick();
}
