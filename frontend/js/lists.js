// Lists coming in: drop a file on the upload page, find a field by typing on the matching page.

for (const zone of document.querySelectorAll("[data-drop-zone]")) {
  const input = zone.querySelector("input[type=file]");
  zone.classList.add("can-drop");
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, () => zone.classList.remove("is-over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}

/** With a mouse and keyboard a long select becomes a field that finds its options by typing. */
function findable(select, list) {
  const input = document.createElement("input");
  input.className = "form-control find-option";
  input.setAttribute("list", list.id);
  input.setAttribute("aria-labelledby", select.getAttribute("aria-labelledby"));
  input.autocomplete = "off";
  const show = () => {
    input.value = select.selectedOptions[0].value ? select.selectedOptions[0].text : "";
    input.placeholder = select.options[0].text;
  };
  input.addEventListener("focus", () => input.select());
  input.addEventListener("input", (event) => event.stopPropagation());
  input.addEventListener("change", (event) => {
    event.stopPropagation();
    const typed = input.value.trim();
    const found = [...select.options].find((option) => option.value && option.text === typed);
    if (found || !typed) select.value = found?.value ?? "";
    show();
    for (const name of ["input", "change"]) select.dispatchEvent(new Event(name, { bubbles: true }));
  });
  show();
  select.hidden = true;
  select.after(input);
}

// The mark says how sure the proposal was; it no longer holds once a person has chosen.
document.addEventListener("change", ({ target }) => {
  if (target.matches("select[data-find-option]")) target.closest("tr").querySelector(".mark")?.remove();
});

const selects = [...document.querySelectorAll("select[data-find-option]")];
if (selects.length && matchMedia("(pointer: fine)").matches) {
  const list = document.createElement("datalist");
  list.id = "find-options";
  const seen = new Set();
  for (const option of selects.flatMap((select) => [...select.options])) {
    if (option.value && !seen.has(option.text)) {
      seen.add(option.text);
      list.append(new Option(option.parentElement.label ?? "", option.text));
    }
  }
  document.body.append(list);
  for (const select of selects) findable(select, list);
}
