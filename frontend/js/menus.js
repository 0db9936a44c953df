// Menus close when the reader goes elsewhere; the phone menu unfolds; dialogs open.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const toggle = event.target.closest("[data-toggle-nav]");
  if (toggle) setNav(toggle, toggle.getAttribute("aria-expanded") !== "true");
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) openDialog(opener, event);
  event.target.closest("[data-close-dialog]")?.closest("dialog").close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  const toggle = document.querySelector('[data-toggle-nav][aria-expanded="true"]');
  if (toggle) setNav(toggle, false);
});

function setNav(toggle, open) {
  toggle.setAttribute("aria-expanded", String(open));
  document.getElementById(toggle.getAttribute("aria-controls")).toggleAttribute("data-open", open);
}

/** The opener may be a link to the same question as a plain page: followed when there is no dialog. */
function openDialog(opener, event) {
  const dialog = document.getElementById(opener.dataset.openDialog);
  if (!dialog?.showModal) return;
  event.preventDefault();
  dialog.showModal();
}
