// The console works without this; it only saves a hand movement.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.getElementById("q").focus();
  }
});

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
