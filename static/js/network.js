// What the reader should know of requests: under way, failed, or no network at all.
import { $ } from "./dom.js";
import { failed } from "./toast.js";

let pending = 0;

function count(change) {
  pending = Math.max(0, pending + change);
  document.body.toggleAttribute("data-busy", pending > 0);
}

document.addEventListener("htmx:beforeRequest", () => count(1));
document.addEventListener("htmx:afterRequest", () => count(-1));
// An autosaved field says so itself, next to what was typed.
const isQuiet = (event) => event.detail.elt?.closest?.("[data-autosave]");
document.addEventListener("htmx:responseError", (event) => isQuiet(event) || failed());
document.addEventListener("htmx:sendError", (event) => isQuiet(event) || failed());

const strip = $("#offline");
if (strip) {
  const show = () => { strip.hidden = navigator.onLine; };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
