// Where a form asks for a point on the map, a telephone in the village can fill it in.
import { showMessage, words } from "./messages.js";

// A point older than this, or a longer wait for one, helps nobody at the door.
const ASKED = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 60_000 };

for (const latitude of document.querySelectorAll("form input[name=latitude]")) {
  const longitude = latitude.form.querySelector("input[name=longitude]");
  if (longitude && window.isSecureContext && navigator.geolocation) offer(latitude, longitude);
}

function offer(latitude, longitude) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn mt-2";
  button.textContent = words("position");
  button.addEventListener("click", () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        fill(latitude, coords.latitude);
        fill(longitude, coords.longitude);
        button.disabled = false;
      },
      () => {
        showMessage(words("noPosition"), "error");
        button.disabled = false;
      },
      ASKED,
    );
  });
  longitude.closest(".field").append(button);
}

function fill(input, degrees) {
  input.value = degrees.toFixed(6);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
