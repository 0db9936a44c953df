// Everything here makes working pages quicker: each page also works with scripts switched off.
import "htmx.org";
import "./requests.js";
import "./menus.js";
import "./forms.js";
import "./keyboard.js";
import "./small-actions.js";
import "./lists.js";
import "./position.js";
