// A meeting's page: the clock of the call, the sum of the agenda, the follow-up mail.
import { $, $$, isTyping } from "./dom.js";

const MINUTE = 60_000;

function run(clock) {
  // The browser's clock may be wrong; the server's instant at loading says by how much.
  const skew = Number(clock.dataset.now) - Date.now();
  const [starts, ends, closes, planned] = ["starts", "ends", "closes", "planned"].map((name) => Number(clock.dataset[name]));
  const [left, gone, share, cue, say] = ["left", "gone", "share", "cue", "say"].map((name) => $(`[data-${name}]`, clock));
  function tick() {
    const now = Date.now() + skew;
    const minutes = Math.ceil((ends - now) / MINUTE);
    left.textContent = now < planned ? left.dataset.early : minutes >= 0 ? `${minutes} ${left.dataset.minutes}` : `${-minutes} ${left.dataset.over}`;
    gone.textContent = `${Math.max(0, Math.floor((now - starts) / MINUTE))} ${gone.dataset.words}`;
    share.setAttribute("width", Math.min(100, Math.max(0, (100 * (now - starts)) / (ends - starts))).toFixed(1));
    if (now >= closes && cue.hidden) {
      cue.hidden = false;
      say.textContent = cue.dataset.words;
      clock.toggleAttribute("data-closing", true);
    }
  }
  tick();
  setInterval(tick, 1000);
}
$$("[data-clock]").forEach(run);

// Who wrote one action item has the next one in mind.
document.addEventListener("htmx:afterSwap", (event) => {
  const form = event.detail.requestConfig?.elt?.closest?.("[data-refocus]");
  if (form) document.getElementById(form.dataset.refocus)?.focus();
});

// And who has none gives the keys back to the page.
document.addEventListener("keydown", ({ key, target }) => {
  if (key === "Escape" && $("[data-clock]") && isTyping(target) && !target.closest("dialog")) target.blur();
});

function sum(form) {
  const line = $("[data-agenda-sum]", form);
  const has = Number($("[name=minutes]", form).value) || 0;
  const rows = $$("[name^=point_minutes_]", form).filter((field) => $(`[name=${field.name.replace("_minutes", "")}]`, form).value.trim());
  const needs = rows.reduce((total, field) => total + (Number(field.value) || 10), 0);
  line.textContent = `${needs} ${needs > has ? line.dataset.over : line.dataset.fits} ${has}`;
  line.classList.toggle("text-amber-text", needs > has);
}
$$("[data-agenda]").forEach((form) => { sum(form); form.addEventListener("input", () => sum(form)); });

// A longer agenda: the last row once more, empty and under its own number.
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-more-points]");
  if (!button) return;
  const rows = $$("[data-point]");
  const filled = rows.filter((row) => $("input", row).value.trim()).length;
  if (filled >= Number($("[data-points]").dataset.points)) { $("[data-enough]").hidden = false; return; }
  const row = rows.at(-1).cloneNode(true);
  const number = rows.length;
  $$("ul, .errorlist, .field-error", row).forEach((words) => words.remove());
  $$("input, label", row).forEach((part) => {
    for (const name of ["id", "name", "for"]) if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace(/\d+$/, number));
    if (part.matches("label")) part.textContent = part.textContent.replace(/\d+$/, number + 1);
    else { part.value = ""; part.removeAttribute("aria-invalid"); part.removeAttribute("aria-describedby"); }
  });
  rows.at(-1).after(row);
  $("input", row).focus();
});

function draft(box) {
  const [to, subject, body] = ["to", "subject", "body"].map((name) => $(`[data-${name}]`, box));
  const link = $("[data-mailto]", box);
  const write = () => {
    const words = new URLSearchParams({ subject: subject.value, body: body.value.replaceAll("\n", "\r\n") });
    link.href = `mailto:${encodeURIComponent(to.value).replaceAll("%40", "@").replaceAll("%2C", ",")}?${words.toString().replaceAll("+", "%20")}`;
  };
  box.addEventListener("input", write);
}
$$("[data-followup]").forEach(draft);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  try { await navigator.clipboard.writeText(field.value); } catch { field.select(); document.execCommand("copy"); }
  $("span", button).textContent = button.dataset.done;
});
