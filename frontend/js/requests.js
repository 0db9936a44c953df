// htmx requests carry the CSRF token; a failed one says so where messages are shown.
import { showMessage, words } from "./messages.js";

const token = document.querySelector('meta[name="csrf-token"]')?.content;

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (token && ctx.request.method !== "GET") ctx.request.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  // 400, 409 and 422 come back as a page fragment that explains itself.
  if (![400, 409, 422].includes(ctx.response.status)) showMessage(words("failed"), "error");
});

document.addEventListener("htmx:error", () => showMessage(words("failed"), "error"));
