// The demo page: the key of the form stays in this page, and the answer is shown as it came.
(() => {
  'use strict';
  const check = document.querySelector('karat-form-check');
  const key = document.querySelector('#form-key');
  const kind = document.querySelector('#form-kind');
  const answer = document.querySelector('#answer');
  if (key) key.addEventListener('change', () => { check.key = key.value.trim(); });
  if (kind) kind.addEventListener('change', () => { check.setAttribute('kind', kind.value); check.ask(); });
  check.addEventListener('karat-checked', (event) => {
    answer.textContent = JSON.stringify(event.detail, null, 2);
  });
  check.addEventListener('karat-failed', (event) => { answer.textContent = event.detail; });
})();
