// Karat: checks a form while it is filled in. Put the form within <karat-form-check>; fields whose
// names are those of attributes, or have data-karat-attribute, are checked. Without script, or
// without an answer, the form is posted as it always was.
//
//   <karat-form-check hub="https://karat.example" key="karat_…" type="person" kind="lead">
//     <form …> <input name="email"> … </form>
//   </karat-form-check>
//
// With a key that may read, it shows who may be meant, and why. With the attribute `override` it
// asks for a reason where the hub wants one: karat_reason_code and karat_reason are posted as well.
(() => {
  'use strict';

  const DEBOUNCE_MS = 300;
  const TEXTS = {
    en: {
      use: 'Use', move: 'Move to', clear: 'Empty this field', missing: 'Please fill this in.',
      likely: 'You are probably known to us already.', possible: 'You may be known to us already.',
      known: 'Who may be meant', same: 'the same', close: 'alike', different: 'different',
      why: 'Why is it right?', code: 'Reason', words: 'Explanation',
      refuse: 'As it is, the hub takes no such customer.',
      ready: 'No remarks.', checking: 'Checking …', few: (n) => n === 1 ? '1 remark.' : `${n} remarks.`,
    },
    nl: {
      use: 'Gebruik', move: 'Verplaats naar', clear: 'Maak dit veld leeg', missing: 'Vul dit in.',
      likely: 'U bent waarschijnlijk al bij ons bekend.', possible: 'Misschien bent u al bij ons bekend.',
      known: 'Wie bedoeld kan zijn', same: 'gelijk', close: 'lijkt op', different: 'anders',
      why: 'Waarom klopt dit?', code: 'Reden', words: 'Toelichting',
      refuse: 'Zo neemt de hub deze klant niet op.',
      ready: 'Geen opmerkingen.', checking: 'Wordt nagekeken …', few: (n) => n === 1 ? '1 opmerking.' : `${n} opmerkingen.`,
    },
  };
  const SIGNS = { error: '✕', warning: '!', note: 'i' };
  const script = document.currentScript;
  const home = script ? new URL(script.src).origin : location.origin;
  let fields = 0;

  class KaratFormCheck extends HTMLElement {
    connectedCallback() {
      if (this.status) return;
      this.touched = new Set();
      this.status = document.createElement('p');
      this.status.className = 'karat-status';
      this.status.setAttribute('role', 'status');
      this.status.setAttribute('aria-live', 'polite');
      this.append(this.status);
      this.addEventListener('input', (event) => this.changed(event.target));
      this.addEventListener('change', (event) => this.changed(event.target));
      this.addEventListener('submit', (event) => this.sent(event));
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      if (this.asked) this.asked.abort();
    }

    /** The texts of the language of the element, or of the page around it. */
    get words() {
      const near = this.closest('[lang]');
      const language = (near ? near.lang : navigator.language).slice(0, 2);
      return [TEXTS[language] || TEXTS.en, TEXTS[language] ? language : 'en'];
    }

    /** The fields by attribute. */
    get inputs() {
      const found = new Map();
      for (const input of this.querySelectorAll('input, select, textarea')) {
        const isValue = !['hidden', 'password', 'submit', 'button', 'file'].includes(input.type);
        const name = input.dataset.karatAttribute || input.name;
        const isChosen = !['checkbox', 'radio'].includes(input.type) || input.checked;
        if (name && isValue && isChosen && input.dataset.karatAttribute !== '') {
          found.set(name, [...(found.get(name) || []), input]);
        }
      }
      return found;
    }

    /** Asks staff for a reason first, where one is wanted. */
    sent(event) {
      this.isSent = true;
      if (this.codes && !this.querySelector('.karat-why')) {
        event.preventDefault();
        this.askWhy(this.words[0]);
      }
      this.ask();
    }

    changed(input) {
      const name = input.dataset && (input.dataset.karatAttribute || input.name);
      if (!name || input.dataset.karatAttribute === '') return;
      this.touched.add(name);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), DEBOUNCE_MS);
    }

    /** Asks the hub; whatever fails, the form goes on without. */
    async ask() {
      if (this.asked) this.asked.abort();
      this.asked = new AbortController();
      const values = {};
      for (const [name, inputs] of this.inputs) {
        const typed = inputs.map((input) => input.value).filter((value) => value.trim());
        if (typed.length) values[name] = typed.length === 1 ? typed[0] : typed;
      }
      const body = { values };
      if (this.getAttribute('kind')) body.kind = this.getAttribute('kind');
      const headers = { 'Content-Type': 'application/json' };
      const key = this.key || this.getAttribute('key');
      if (key) headers.Authorization = `Bearer ${key}`;
      const hub = (this.getAttribute('hub') || home).replace(/\/$/, '');
      const type = this.getAttribute('type') || 'person';
      this.status.textContent = this.words[0].checking;
      try {
        const answer = await fetch(`${hub}/v1/${encodeURIComponent(type)}/check`, {
          method: 'POST', headers, body: JSON.stringify(body), signal: this.asked.signal,
          credentials: 'omit',
        });
        if (!answer.ok) throw new Error(String(answer.status));
        this.tell(await answer.json());
      } catch (error) {
        if (error.name === 'AbortError') return;
        this.forget();
        this.status.textContent = '';
        this.dispatchEvent(new CustomEvent('karat-failed', { bubbles: true, detail: error.message }));
      }
    }

    forget() {
      this.querySelector('.karat-known')?.remove();
      for (const note of this.querySelectorAll('.karat-notes')) note.remove();
      for (const [, inputs] of this.inputs) {
        for (const input of inputs) {
          input.removeAttribute('aria-invalid');
          const described = (input.getAttribute('aria-describedby') || '').split(' ');
          const others = described.filter((id) => id && !id.startsWith('karat-note-')).join(' ');
          if (others) input.setAttribute('aria-describedby', others);
          else input.removeAttribute('aria-describedby');
        }
      }
    }

    /** Shows what the hub said beside the fields that it is about. */
    tell(answer) {
      const [words, language] = this.words;
      this.forget();
      let told = 0;
      const inputs = this.inputs;
      const isShown = (name) => this.isSent || this.touched.has(name);
      for (const finding of answer.findings) {
        const name = [finding.column, finding.attribute].find((it) => inputs.has(it));
        if (!name || !isShown(name)) continue;
        this.note(inputs.get(name), finding.severity, finding.message[language], finding.repair, inputs);
        told += 1;
      }
      for (const name of answer.missing) {
        if (!inputs.has(name) || !this.isSent) continue;
        this.note(inputs.get(name), 'warning', words.missing, null, inputs);
        told += 1;
      }
      const lines = [told ? words.few(told) : words.ready];
      if (words[answer.duplicate]) lines.push(words[answer.duplicate]);
      const { action, reason_codes: codes } = answer.decision;
      if (this.isSent && action === 'refuse') lines.push(words.refuse);
      this.status.textContent = lines.join(' ');
      if (answer.candidates && answer.candidates.length) this.status.after(this.known(answer.candidates, words));
      this.codes = this.hasAttribute('override') && action === 'ask' ? codes : null;
      if (this.isSent) this.askWhy(words);
      this.dispatchEvent(new CustomEvent('karat-checked', { bubbles: true, detail: answer }));
    }

    /** Who may be meant, and why. */
    known(candidates, words) {
      const make = (tag, textContent) => Object.assign(document.createElement(tag), { textContent });
      const box = make('div', '');
      box.className = 'karat-known';
      const list = document.createElement('ul');
      for (const { entity, pair } of candidates) {
        const line = make('li', '');
        line.append(make('b', entity.title), entity.address ? `, ${entity.address}` : '');
        for (const agreement of ['same', 'close', 'different']) {
          const told = pair.evidence.filter((it) => it.agreement === agreement && it.right);
          const values = told.map((it) => it.right).join(', ');
          if (values) line.append(make('br', ''), `${words[agreement]}: ${values}`);
        }
        list.append(line);
      }
      box.append(make('strong', words.known), list);
      return box;
    }

    /** Asks why it is right nevertheless; the answer stays while it is asked. */
    askWhy(words) {
      const { codes } = this;
      const form = this.querySelector('form');
      const asked = this.querySelector('.karat-why');
      if (asked && !codes) asked.remove();
      if (asked || !codes || !form) return;
      const box = document.createElement('fieldset');
      box.className = 'karat-why';
      const legend = document.createElement('legend');
      legend.textContent = words.why;
      box.append(legend);
      const add = (field, name, text) => {
        const label = document.createElement('label');
        field.name = name;
        field.required = true;
        field.dataset.karatAttribute = '';
        label.append(`${text} `, field);
        box.append(label);
      };
      const choice = document.createElement(codes.length ? 'select' : 'input');
      for (const code of codes) choice.append(new Option(code));
      add(choice, 'karat_reason_code', words.code);
      add(document.createElement('input'), 'karat_reason', words.words);
      const button = form.querySelector('[type="submit"], button:not([type])');
      if (button) button.before(box);
      else form.append(box);
    }

    note(of, severity, message, repair, inputs) {
      const [words] = this.words;
      const input = of[of.length - 1];
      let notes = input.karatNotes;
      if (!notes || !notes.isConnected) {
        notes = document.createElement('ul');
        notes.className = 'karat-notes';
        notes.id = `karat-note-${fields += 1}`;
        input.karatNotes = notes;
        (input.closest('label') || input).after(notes);
        const described = input.getAttribute('aria-describedby');
        input.setAttribute('aria-describedby', [described, notes.id].filter(Boolean).join(' '));
      }
      if (severity === 'error') input.setAttribute('aria-invalid', 'true');
      const note = document.createElement('li');
      note.className = `karat-${severity}`;
      const sign = document.createElement('span');
      sign.setAttribute('aria-hidden', 'true');
      sign.textContent = `${SIGNS[severity] || 'i'} `;
      note.append(sign, message);
      const button = this.repairButton(input, repair, inputs, words);
      if (button) note.append(' ', button);
      notes.append(note);
    }

    /** A button that does what would mend a value; `null` where the form has no field for it. */
    repairButton(input, repair, inputs, words) {
      if (!repair) return null;
      const target = repair.attribute && inputs.get(repair.attribute);
      const button = document.createElement('button');
      button.type = 'button';
      const mend = (work) => button.addEventListener('click', () => { work(); input.focus(); this.ask(); });
      if (repair.action === 'replace' && repair.value) {
        const to = target && !target.includes(input) ? target[0] : input;
        button.textContent = `${words.use} ${repair.value}`;
        mend(() => { to.value = repair.value; });
      } else if (repair.action === 'move' && target && !target[0].value.trim()) {
        const label = target[0].labels && target[0].labels[0];
        button.textContent = `${words.move} ${label ? label.firstChild.textContent.trim() : repair.attribute}`;
        mend(() => { target[0].value = repair.value; input.value = ''; this.touched.add(repair.attribute); });
      } else if (repair.action === 'clear') {
        button.textContent = words.clear;
        mend(() => { input.value = ''; });
      } else {
        return null;
      }
      return button;
    }
  }

  customElements.define('karat-form-check', KaratFormCheck);
})();
