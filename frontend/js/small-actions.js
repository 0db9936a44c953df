// Print, copy and dismiss buttons.
import { showMessage, words } from "./messages.js";

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) window.print();
  target.closest("[data-dismiss]")?.closest("[data-notice]")?.remove();
  const copier = target.closest("[data-copy]");
  if (copier) copy(copier.dataset.copy);
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    showMessage(words("copied"), "success");
  } catch {
    showMessage(words("failed"), "error");
  }
}
