// Saves a section as it is written: 1.5 s after the last key, when a field is left, and every 10 s. Nothing typed is
// lost: until the server has acknowledged them the words lie on this device, and are merged when one comes back. So do
// the texts that were sent and not answered: where one of them stands at the server, nobody else was there.
//
// form[data-autosave] (the address, else the form's action) with input[name=version]; sends the form, wants JSON:
//   200 {version, saved_at, errors: {field: [sentence]}, totals: {name: text}}
//   409 {version, saved_at, values: {field: text or [texts]}}: what stands there now; both texts are shown side by side
//   401, or a redirect to another page, or any other answer: kept on this device and tried again
const PAUSE = 1500;
const EVERY = 10000;
const AT_MOST = 5000;
const REMEMBERED = 20;
const APART = new Set(['csrf_token', 'version']);

/** What `read` finds in each field, by name; empty texts are nothing, however a field says so. */
function gathered(form, read) {
  const values = {};
  for (const element of form.elements) {
    if (!element.name || APART.has(element.name) || ['file', 'submit', 'button'].includes(element.type)) continue;
    values[element.name] ??= [];
    if (!element.disabled) values[element.name].push(...read(element).filter(Boolean).map((text) => text.replace(/\r\n/g, '\n')));
  }
  return values;
}

const chosen = (element, is) => [...element.options].filter((option) => is(option) && !option.disabled).map((option) => option.value);

/** What is filled in now. */
const valuesOf = (form) => gathered(form, (element) => {
  if (['checkbox', 'radio'].includes(element.type)) return element.checked ? [element.value] : [];
  return element.options ? chosen(element, (option) => option.selected) : [element.value];
});

/** What the server sent, whatever was typed before this script was there, or put back by the browser. */
const valuesSent = (form) => gathered(form, (element) => {
  if (['checkbox', 'radio'].includes(element.type)) return element.defaultChecked ? [element.value] : [];
  if (!element.options) return [element.defaultValue ?? element.value];
  const preset = chosen(element, (option) => option.defaultSelected);
  if (element.multiple) return preset;
  return preset.length ? preset.slice(-1) : chosen(element, () => true).slice(0, 1);
});

function put(form, name, wanted) {
  const elements = [...form.elements].filter((element) => element.name === name);
  elements.forEach((element, index) => {
    if (['checkbox', 'radio'].includes(element.type)) element.checked = wanted.includes(element.value);
    else if (element.multiple) for (const option of element.options) option.selected = wanted.includes(option.value);
    else element.value = wanted[index] ?? '';
    element.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const list = (value) => [value ?? []].flat().filter(Boolean).map((text) => String(text).replace(/\r\n/g, '\n'));

const holds = (whole, part) => whole.join('\n').includes(part.join('\n'));

/** A text as the server may have tidied it: spaces, wide signs, and how an amount is written. */
function tidied(text) {
  const plain = text.normalize('NFKC').replace(/\s+/g, ' ').trim();
  const number = plain.replace(/[¥, ]/g, '');
  return /^(0|[1-9]\d*)(\.\d+)?$/.test(number) ? String(Number(number)) : plain;
}

const alike = (a, b) => same(a.map(tidied), b.map(tidied));

/** Words only one side changed are taken from that side; the rest are in dispute. What stands there because we sent it
    (`unanswered`) was changed by nobody else. */
function merge(base, mine, theirs, unanswered) {
  const result = { take: {}, dispute: [] };
  for (const [name, ours] of Object.entries(mine)) {
    if (!(name in theirs) || same(ours, theirs[name]) || same(theirs[name], base[name])) continue;
    if (unanswered.some((sent) => name in sent && alike(sent[name], theirs[name]))) continue;
    if (same(ours, base[name])) result.take[name] = theirs[name];
    else result.dispute.push(name);
  }
  return result;
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave || form.action;
    this.key = `kept:${this.url}`;
    this.state = document.querySelector('[data-saved]');
    this.base = valuesSent(form);
    this.disputes = new Set();
    this.unanswered = [];
    this.dirty = false;
    this.comeBack();
    if (!same(valuesOf(form), this.base)) this.touched();
    form.addEventListener('input', () => this.touched());
    form.addEventListener('change', () => this.touched());
    form.addEventListener('focusout', () => this.dirty && this.save());
    form.addEventListener('submit', (event) => this.submitted(event));
    addEventListener('online', () => this.save());
    addEventListener('beforeunload', () => {
      this.going = true;
      setTimeout(() => { this.going = false; }, EVERY);
    });
    document.addEventListener('visibilitychange', () => (document.hidden ? this.save({ keepalive: true }) : this.dirty || this.forget()));
    this.clock = setInterval(() => (form.isConnected ? this.save() : clearInterval(this.clock)), EVERY);
  }

  get version() { return this.form.elements.version; }

  touched() {
    this.dirty = !same(valuesOf(this.form), this.base);
    if (this.dirty) this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  /** A save on its way is waited for: behind it the form would come in with a version that is no longer the newest.
      Then the page is about to go; if it does not (no network), saving goes on. */
  submitted(event) {
    this.sends(valuesOf(this.form));
    if (this.busy && !this.leaving) {
      event.preventDefault();
      this.submitAfterSave(event.submitter);
    }
    this.leaving = true;
    clearTimeout(this.stay);
    this.stay = setTimeout(() => { this.leaving = false; }, EVERY);
  }

  async submitAfterSave(button) {
    const known = this.disputes.size;
    await Promise.race([this.busy, new Promise((go) => { setTimeout(go, AT_MOST); })]);
    if (this.disputes.size > known) this.leaving = false;
    else this.form.requestSubmit(button);
  }

  keep() {
    const kept = { base: this.base, mine: valuesOf(this.form) };
    for (const unanswered of [this.unanswered, []]) {
      try {
        localStorage.setItem(this.key, JSON.stringify({ ...kept, unanswered }));
        return;
      } catch { /* a full or forbidden store: less, or nothing; the server is still asked every ten seconds */ }
    }
  }

  /** Only what was changed here: what others put back to how it was is theirs. */
  sends(values) {
    const changed = Object.fromEntries(Object.entries(values).filter(([name, value]) => !same(value, this.base[name])));
    if (!same(this.unanswered.at(-1), changed)) this.unanswered = [...this.unanswered, changed].slice(-REMEMBERED);
    this.keep();
  }

  /** Words left on this device by an earlier visit: put back, or shown beside what others wrote meanwhile. */
  comeBack() {
    let left = null;
    try { left = JSON.parse(localStorage.getItem(this.key)); } catch { return; }
    if (!left) return;
    this.unanswered = left.unanswered ?? [];
    if (same(left.mine, this.base)) { this.forget(); return; }
    const theirs = this.base;
    const typed = valuesOf(this.form);
    const { take, dispute } = merge(left.base, left.mine, theirs, this.unanswered);
    const shown = { ...left.mine, ...take };
    for (const name of Object.keys(shown)) {
      if (!(name in theirs) || same(shown[name], theirs[name])) continue;
      if (same(typed[name], theirs[name]) || holds(shown[name], typed[name])) put(this.form, name, shown[name]);
      else if (!holds(typed[name], shown[name])) this.dispute(name, typed[name], shown[name]);
    }
    for (const name of dispute) this.dispute(name, left.mine[name], theirs[name]);
    this.dirty = !same(valuesOf(this.form), theirs);
    if (!this.dirty) return;
    this.say(dispute.length ? 'conflict' : 'kept');
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  async save(options = {}) {
    clearTimeout(this.timer);
    const sent = this.settled();
    if (this.leaving || same(sent, this.base)) return;
    if (this.busy) { this.again = true; return; }
    this.say('saving');
    this.sends(sent);
    this.busy = this.send(sent, options).catch(() => this.say('offline'));
    await this.busy;
    this.busy = null;
    if (this.again) { this.again = false; this.save(); }
  }

  /** What may be saved now: a field in dispute stays as the others left it until somebody has chosen. */
  settled() {
    const values = valuesOf(this.form);
    for (const name of this.disputes) values[name] = this.base[name];
    return values;
  }

  async send(sent, options) {
    const body = new FormData(this.form);
    for (const name of this.disputes) {
      body.delete(name);
      for (const text of sent[name]) body.append(name, text);
    }
    for (const element of this.form.elements) if (element.type === 'file' && element.name) body.delete(element.name);
    const answer = await fetch(this.url, { method: 'POST', body, headers: { Accept: 'application/json' }, ...options });
    if (answer.status === 401 || answer.redirected) this.say('signedOut');
    else if (answer.status === 409) this.stale(await answer.json());
    else if (answer.status === 503) this.later(answer.headers.get('Retry-After'));
    else if (answer.ok) this.saved(sent, await answer.json());
    else this.say('refused');
  }

  /** Too many save at this moment: the words stay here and go again by themselves. */
  later(seconds) {
    this.say('refused');
    this.timer = setTimeout(() => this.save(), 1000 * (Number(seconds) || 10));
  }

  saved(sent, answer) {
    this.version.value = answer.version;
    this.base = sent;
    this.unanswered = [];
    this.dirty = !same(valuesOf(this.form), this.base);
    if (this.dirty) this.keep();
    else this.forget();
    this.errors(answer.errors ?? {});
    for (const [name, text] of Object.entries(answer.totals ?? {})) {
      for (const place of document.querySelectorAll(`[data-total="${CSS.escape(name)}"]`)) place.textContent = text;
    }
    this.say(this.disputes.size ? 'conflict' : Object.keys(answer.errors ?? {}).length ? 'wrong' : 'saved', answer.saved_at);
    this.form.dispatchEvent(new CustomEvent('saved', { detail: answer }));
  }

  /** Not while the page goes away: the next one may have been written before this save. It compares, then forgets. */
  forget() {
    if (document.hidden || this.going) return;
    try { localStorage.removeItem(this.key); } catch { /* nothing was kept */ }
  }

  /** Somebody saved first: what only they changed is taken in, what both changed is shown side by side.
      Rows they added have no fields here: the page is fetched anew, and the words kept are put back into it. */
  stale(answer) {
    const theirs = Object.fromEntries(Object.entries(answer.values ?? {}).map(([name, value]) => [name, list(value)]));
    const mine = valuesOf(this.form);
    if (Object.entries(theirs).some(([name, value]) => !(name in mine) && value.some(Boolean))) {
      this.keep();
      location.reload();
      return;
    }
    const { take, dispute } = merge(this.base, mine, theirs, this.unanswered);
    this.version.value = answer.version;
    this.base = { ...this.base, ...theirs };
    this.unanswered = [];
    for (const [name, value] of Object.entries(take)) put(this.form, name, value);
    for (const name of dispute) this.dispute(name, mine[name], theirs[name]);
    this.dirty = true;
    this.keep();
    if (dispute.length) this.say('conflict');
    else if (!same(this.settled(), this.base)) this.again = true;
    else {
      this.dirty = false;
      this.forget();
      this.say('saved', answer.saved_at);
    }
  }

  dispute(name, mine, theirs) {
    const pattern = document.querySelector('template[data-conflict]');
    const field = [...this.form.elements].find((element) => element.name === name);
    if (!pattern || !field || this.disputes.has(name)) return;
    this.disputes.add(name);
    const box = pattern.content.cloneNode(true).firstElementChild;
    box.querySelector('[data-mine]').textContent = mine.join('\n');
    box.querySelector('[data-theirs]').textContent = theirs.join('\n');
    box.addEventListener('click', (event) => {
      const taken = event.target.closest('[data-take]')?.dataset.take;
      if (!taken) return;
      this.disputes.delete(name);
      box.remove();
      if (taken === 'theirs') put(this.form, name, theirs);
      field.focus();
      this.touched();
    });
    const table = field.closest('td')?.closest('table');
    if (table) box.querySelector('h3').textContent += ` · ${field.getAttribute('aria-label') ?? ''}`;
    if (table) table.before(box);
    else (field.closest('.field') ?? field).after(box);
  }

  errors(errors) {
    for (const old of this.form.querySelectorAll('[data-found]')) old.remove();
    for (const element of this.form.elements) {
      if (!element.name || element.type === 'hidden') continue;
      const found = errors[element.name];
      const id = `${element.id}-error`;
      const said = document.getElementById(id);
      if (said && !found) said.remove();
      const tied = new Set((element.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean));
      if (found) tied.add(id);
      else tied.delete(id);
      if (tied.size) element.setAttribute('aria-describedby', [...tied].join(' '));
      else element.removeAttribute('aria-describedby');
      if (!found) { element.removeAttribute('aria-invalid'); continue; }
      element.setAttribute('aria-invalid', 'true');
      if (said) { said.textContent = found.join(' '); continue; }
      const line = Object.assign(document.createElement('p'), { className: 'wrong', id, textContent: found.join(' ') });
      line.dataset.found = '';
      element.before(line);
    }
  }

  say(what, at) {
    if (!this.state) return;
    const time = /^\d\d:\d\d$/.test(at ?? '') ? at : new Date(at ?? Date.now()).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: this.state.dataset.zone || undefined });
    const words = this.state.dataset[`word${what[0].toUpperCase()}${what.slice(1)}`];
    this.state.querySelector('[data-text]').textContent = words.replace('{time}', time);
    this.state.dataset.state = what;
  }
}

export default function start(form) {
  new Autosave(form);
}
