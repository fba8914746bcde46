// Live sums of a budget in whole fen: by line, by source, by category; a cap is shown before it is hit.
// Rows: [data-line] with [data-price] [data-quantity] [data-source] [data-category] and [data-amount] to fill.
// Sums: [data-sum="all" | "source:CODE" | "category:CODE" | "paid:SOURCE:CATEGORY"]. Caps: [data-cap="source:CODE"] data-limit (fen) or
// data-share (per cent of data-of, a sum's name), with data-words "{used} {limit}" and a <progress> inside.
// Shares: [data-besides="source:CODE"] says how many per cent of everything are not in that sum.
const fen = (text) => {
  const clean = String(text ?? '').replace(/[,，¥￥\s]/g, '').replace(/[．。]/g, '.');
  const found = /^(\d{0,12})(?:\.(\d{0,2})\d*)?$/.exec(clean);
  return found ? Number(found[1] || 0) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : 0;
};
const yuan = (value) => `¥${Math.floor(value / 100).toLocaleString('en-US')}.${String(value % 100).padStart(2, '0')}`;
const valueOf = (line, name) => {
  const found = line.querySelector(`[data-${name}]`);
  return found ? ('value' in found ? found.value : found.dataset[name]) : '';
};

function amountOf(line) {
  const quantity = valueOf(line, 'quantity').replace(/[,\s]/g, '');
  const times = line.querySelector('[data-quantity]') ? Number(quantity) || 0 : 1;
  return Math.round(fen(valueOf(line, 'price')) * times);
}

function totals(table) {
  const sums = { all: 0 };
  for (const line of table.querySelectorAll('[data-line]')) {
    const amount = amountOf(line);
    const shown = line.querySelector('[data-amount]');
    if (shown) shown.textContent = yuan(amount);
    const [source, category] = [valueOf(line, 'source'), valueOf(line, 'category')];
    for (const key of ['all', `source:${source}`, `category:${category}`, `paid:${source}:${category}`]) {
      sums[key] = (sums[key] ?? 0) + amount;
    }
  }
  return sums;
}

function showCap(cap, sums) {
  const used = sums[cap.dataset.cap] ?? 0;
  const base = sums[cap.dataset.of ?? 'all'] ?? 0;
  const limit = cap.dataset.share ? Math.floor((base * Number(cap.dataset.share)) / 100) : Number(cap.dataset.limit);
  const over = used > limit;
  const said = cap.querySelector('[data-said]') ?? cap;
  said.textContent = cap.dataset.words.replace('{used}', yuan(used)).replace('{limit}', yuan(limit));
  said.classList.toggle('over', over);
  said.classList.toggle('soft', !over);
  const bar = cap.querySelector('progress');
  if (!bar) return;
  bar.max = limit || 1;
  bar.value = used;
  bar.classList.toggle('full', over);
}

// One decimal, cut as the server cuts it, in whole numbers: a share just below its least never reads as reached.
function shareBesides(sum, sums) {
  if (!sums.all) return '0%';
  const thousandfold = (sums.all - (sums[sum] ?? 0)) * 1000;
  const tenths = (thousandfold - (thousandfold % sums.all)) / sums.all;
  return `${Math.floor(tenths / 10)}${tenths % 10 ? `.${tenths % 10}` : ''}%`;
}

export default function start(budget) {
  const show = () => {
    const sums = totals(budget);
    for (const out of budget.querySelectorAll('[data-sum]')) out.textContent = yuan(sums[out.dataset.sum] ?? 0);
    for (const out of budget.querySelectorAll('[data-besides]')) out.textContent = shareBesides(out.dataset.besides, sums);
    for (const cap of budget.querySelectorAll('[data-cap]')) showCap(cap, sums);
  };
  budget.addEventListener('input', show);
  budget.addEventListener('change', show);
  budget.addEventListener('line', show);
  show();
}
