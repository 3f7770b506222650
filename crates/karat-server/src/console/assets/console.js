// The console works without this; it only saves hand movements.

// One key for what has a key: whatever says so by `aria-keyshortcuts`.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape" && typing) typing.blur();
  if (document.body.dataset.keys === "off") return;
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = event.key.toLowerCase();
  const wanted = [...document.querySelectorAll("[aria-keyshortcuts]")]
    .find((one) => one.getAttribute("aria-keyshortcuts") === key);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input")) wanted.focus();
  else wanted.click();
});

// A form that changes something is sent once, however often a key is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.action.endsWith("/search")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A form that is answered while it is filled in: what comes back takes the place of what stood there.
for (const form of document.querySelectorAll("form[data-live]")) {
  const answer = () => document.querySelector("[data-answer]");
  let timer;
  let asked = 0;
  form.addEventListener("input", (event) => {
    if (answer().contains(event.target)) return;
    clearTimeout(timer);
    const number = ++asked;
    timer = setTimeout(async () => {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch(form.dataset.live, { method: "POST", body }).catch(() => null);
      if (number !== asked || !response?.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const told = page.querySelector("[data-answer]");
      if (told && number === asked) answer().replaceChildren(...told.childNodes);
    }, 250);
  });
  form.addEventListener("submit", () => { asked++; clearTimeout(timer); });
}

// The two sliders of a history choose among the radio buttons of its list, which say the rest.
for (const slider of document.querySelectorAll("[data-chooses]")) {
  const form = document.getElementById("travel");
  const all = [...document.querySelectorAll(`[form=travel][name=${slider.dataset.chooses}]`)];
  const choices = all.filter((choice) => !("elsewhere" in choice.dataset)).reverse();
  const told = document.querySelector(`output[data-of=${slider.dataset.chooses}]`);
  const show = () => {
    told.value = choices[slider.value]?.dataset.told ?? "";
    slider.setAttribute("aria-valuetext", told.value);
  };
  slider.max = choices.length - 1;
  slider.value = choices.findIndex((choice) => choice.checked);
  slider.addEventListener("input", () => { choices[slider.value].checked = true; show(); });
  slider.addEventListener("pointerup", () => form.requestSubmit());
  for (const choice of choices) {
    choice.addEventListener("change", () => { slider.value = choices.indexOf(choice); show(); });
  }
  show();
  slider.closest(".sliders").hidden = choices.length < 3;
}

// A slider tells where it stands, and asks as soon as a pointer lets it go.
for (const slider of document.querySelectorAll("[data-decimal]")) {
  const told = slider.form.querySelector("output");
  let byPointer = false;
  slider.addEventListener("pointerdown", () => { byPointer = true; });
  slider.addEventListener("keydown", () => { byPointer = false; });
  slider.addEventListener("input", () => {
    told.value = Number(slider.value).toFixed(1).replace(".", slider.dataset.decimal);
  });
  slider.addEventListener("change", () => { if (byPointer) slider.form.requestSubmit(); });
}
