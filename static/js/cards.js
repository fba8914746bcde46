// Spells out the roles of a table whose rows become cards: some browsers forget them when `display` changes.
const ROLES = { TABLE: 'table', THEAD: 'rowgroup', TBODY: 'rowgroup', TFOOT: 'rowgroup', TR: 'row', TD: 'cell' };

export default function start(table) {
  if (!matchMedia('(max-width: 47.99rem)').matches) return;
  for (const part of [table, ...table.querySelectorAll('thead, tbody, tfoot, tr, td, th')]) {
    const role = part.matches('th') ? (part.scope === 'row' ? 'rowheader' : 'columnheader') : ROLES[part.tagName];
    part.setAttribute('role', role);
  }
}
