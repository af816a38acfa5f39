// [data-autosave] saves by htmx; here is only what its reader sees: Saving, Saved 10:42, or not saved yet.
import { $ } from "./dom.js";

const unsaved = new Set();

function say(area, state) {
  const line = (area.dataset.autosave && document.getElementById(area.dataset.autosave)) || $("[data-saved]", area) || $("[data-saved]");
  if (!line) return;
  line.dataset.state = state;
  const at = state === "saved" ? ` ${new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}` : "";
  line.textContent = { saving: line.dataset.textSaving, saved: line.dataset.textSaved, failed: line.dataset.textFailed }[state] + at;
}

const areaOf = (event) => event.detail?.elt?.closest?.("[data-autosave]");

document.addEventListener("input", (event) => {
  const area = event.target.closest("[data-autosave]");
  if (area) unsaved.add(area);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const area = areaOf(event);
  if (!area) return;
  unsaved.delete(area);
  say(area, "saving");
});

document.addEventListener("htmx:afterRequest", (event) => {
  const area = areaOf(event);
  if (!area) return;
  // A refusal (409, 422) is swapped in like any answer, but nothing was kept.
  const kept = event.detail.successful && event.detail.xhr.status < 400;
  if (!kept) unsaved.add(area);
  say(area, kept ? "saved" : "failed");
});

document.addEventListener("submit", () => unsaved.clear());
addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });
