// Messages made in the browser look like those from the server.

/** A sentence in the reader's language, kept by the page in #page-words. */
export function words(name) {
  return document.getElementById("page-words")?.dataset[name] ?? "";
}

export function showMessage(text, kind = "info") {
  const list = document.getElementById("messages");
  if (!list || !text || list.querySelector(`[data-text="${CSS.escape(text)}"]`)) return;
  const notice = document.createElement("div");
  notice.className = `notice notice-${kind}`;
  notice.dataset.text = text;
  const body = document.createElement("div");
  body.className = "notice-body";
  body.textContent = text;
  notice.append(body);
  list.append(notice);
}
