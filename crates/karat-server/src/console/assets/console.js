// The console works without this; it only saves hand movements.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.getElementById("q").focus();
  }
});

// A slider tells where it stands, and asks as soon as a pointer lets it go.
for (const slider of document.querySelectorAll("input[type=range]")) {
  const told = slider.form.querySelector("output");
  let byPointer = false;
  slider.addEventListener("pointerdown", () => { byPointer = true; });
  slider.addEventListener("keydown", () => { byPointer = false; });
  slider.addEventListener("input", () => {
    told.value = Number(slider.value).toFixed(1).replace(".", slider.dataset.decimal);
  });
  slider.addEventListener("change", () => { if (byPointer) slider.form.requestSubmit(); });
}
