// Forms: warn before unsaved work is left, send a filter when it changes, never send twice.
import { words } from "./messages.js";

const changed = new Set();

document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-warn-unsaved]");
  if (form) changed.add(form);
});

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-send-on-change]");
  if (form && target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  changed.delete(form);
  if (form.method === "post" && form.matches("[data-send-once]")) form.dataset.sent = "yes";
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

window.addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) {
    event.preventDefault();
    event.returnValue = words("unsaved");
  }
});
