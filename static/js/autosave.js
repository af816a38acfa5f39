// [data-autosave] saves by htmx. Here is what its reader sees (Saving, Saved 10:42, or not saved yet), and what is
// sent at once when they leave before htmx has.
import { $ } from "./dom.js";

const LARGEST = 60_000; // bytes: browsers keep at most 64 KiB alive after their page is gone

const unsaved = new Set(); // typed, and not on its way
const sending = new Set();
const refused = new Set();
let left = false;

function say(area, state, at = "") {
  const line = (area.dataset.autosave && document.getElementById(area.dataset.autosave)) || $("[data-saved]", area) || $("[data-saved]");
  if (!line) return;
  line.dataset.state = state;
  const words = { saving: line.dataset.textSaving, saved: line.dataset.textSaved, failed: line.dataset.textFailed }[state];
  line.textContent = at ? `${words} ${at}` : words;
}

function begun(area) {
  unsaved.delete(area);
  refused.delete(area);
  sending.add(area);
  say(area, "saving");
}

// A refusal (409, 422) is swapped in like any answer, but nothing was kept. The time is the workspace's, so the server's.
function answered(area, kept, at) {
  sending.delete(area);
  if (!kept) refused.add(area);
  say(area, kept ? "saved" : "failed", at);
}

const areaOf = (event) => event.detail?.elt?.closest?.("[data-autosave]");

document.addEventListener("input", (event) => {
  const area = event.target.closest("[data-autosave]");
  if (area) unsaved.add(area);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const area = areaOf(event);
  if (area) begun(area);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const area = areaOf(event);
  if (!area) return;
  const { successful, xhr } = event.detail;
  answered(area, successful && xhr.status < 400, xhr?.getResponseHeader("Saved-At"));
});

const bodyOf = (area) => {
  const body = new URLSearchParams(new FormData(area));
  Object.entries(JSON.parse(area.getAttribute("hx-vals") || "{}")).forEach(([name, value]) => body.set(name, value));
  return body;
};
const isSmall = (area) => new Blob([bodyOf(area)]).size < LARGEST;

// The browser carries it through to the end, even when the page is gone by then.
async function send(area) {
  begun(area);
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers") || "{}"), "HX-Request": "true" };
  try {
    const answer = await fetch(area.getAttribute("hx-post"), { method: "POST", headers, body: bodyOf(area), keepalive: isSmall(area) });
    const target = document.querySelector(area.getAttribute("hx-target"));
    if (target && (answer.ok || [409, 422].includes(answer.status))) {
      window.htmx.swap(target, await answer.text(), { swapStyle: area.getAttribute("hx-swap") });
    }
    answered(area, answer.ok, answer.headers.get("Saved-At"));
  } catch {
    answered(area, false);
  }
}

// What another form sends says nothing of this one; its own was sent with it.
document.addEventListener("submit", ({ target }) => {
  [unsaved, refused].forEach((areas) => areas.delete(target));
});

// Only where leaving would lose something does the browser ask: refused, too long, or behind another save that the
// leaving may break off.
addEventListener("beforeunload", (event) => {
  const atRisk = refused.size || [...unsaved].some((area) => sending.has(area) || !isSmall(area));
  if (atRisk) event.preventDefault();
});

addEventListener("pagehide", () => {
  left = unsaved.size + sending.size > 0;
  new Set([...unsaved, ...sending]).forEach(send);
});

// Another tab, or another app on a phone that may never come back to this one.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") [...unsaved].filter((area) => area.hasAttribute("hx-target") && !sending.has(area)).forEach(send);
});

// Brought back by the Back button, the page is as old as what was sent on leaving it.
addEventListener("pageshow", (event) => { if (event.persisted && left) location.reload(); });
