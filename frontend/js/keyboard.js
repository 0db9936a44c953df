// "/" goes to the search box, "?" shows the list of keys, "j" and "k" walk through a table;
// a button that names its key (data-key) is pressed by it.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const act = { "/": focusSearch, "?": showShortcuts, j: () => moveRow(1), k: () => moveRow(-1) }[event.key];
  if ((act ?? (() => press(event.key)))()) event.preventDefault();
});

function isTyping(element) {
  return element.isContentEditable || element.matches("input, select, textarea");
}

function press(key) {
  const button = /^[a-z0-9]$/.test(key) && document.querySelector(`[data-key="${key}"]`);
  if (button) button.click();
  return Boolean(button);
}

function focusSearch() {
  const box = document.querySelector("[data-search-box], input[type=search]");
  box?.focus();
  box?.select();
  return Boolean(box);
}

function showShortcuts() {
  const dialog = document.getElementById("shortcuts");
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
}

/** Moves the focus to the first link of the next or previous row; Enter then opens it. */
function moveRow(step) {
  const links = [...document.querySelectorAll("table.table tbody tr")]
    .map((row) => row.querySelector("a"))
    .filter(Boolean);
  const row = document.activeElement.closest("tr");
  const now = links.findIndex((link) => row?.contains(link));
  const next = links[now < 0 ? 0 : now + step];
  next?.focus();
  return Boolean(next);
}
