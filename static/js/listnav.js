// A list of rows by keyboard: j and k move the real focus, x selects, data-key letters act on the row; clicks open it.
import { $, $$, isCommand, isTyping } from "./dom.js";

const singles = !document.documentElement.hasAttribute("data-no-single-keys");
const rows = () => $$("[data-listnav] [data-href]").filter((row) => row.checkVisibility());
const active = () => rows().findIndex((row) => row.hasAttribute("data-active"));
const linkOf = (row) => $("a.row-link", row);
let last = -1;
let anchor = -1;

function activate(index) {
  const all = rows();
  const row = all[Math.max(0, Math.min(all.length - 1, index))];
  if (!row) return;
  all.forEach((other) => other.toggleAttribute("data-active", other === row));
  last = all.indexOf(row);
  linkOf(row)?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function select(index, upTo) {
  const all = rows();
  const box = all[index] && $("input[name=ids]", all[index]);
  if (!box) return;
  box.checked = !box.checked;
  const [from, to] = upTo < 0 ? [index, index] : [Math.min(index, upTo), Math.max(index, upTo)];
  all.slice(from, to + 1).forEach((row) => { const other = $("input[name=ids]", row); if (other) other.checked = box.checked; });
  anchor = index;
  tell();
}

// The bar for what to do with the selected rows: [data-bulk], its number in [data-count].
function tell() {
  const boxes = $$("input[name=ids]");
  const chosen = boxes.filter((box) => box.checked).length;
  $$("[data-bulk]").forEach((bar) => { bar.hidden = chosen === 0; $$("[data-count]", bar).forEach((n) => { n.textContent = chosen; }); });
  $$("[data-select-all]").forEach((all) => { all.checked = chosen > 0 && chosen === boxes.length; all.indeterminate = chosen > 0 && chosen < boxes.length; });
}

document.addEventListener("keydown", (event) => {
  if (!singles || isTyping(event.target) || isCommand(event) || event.altKey || event.defaultPrevented || $("dialog[open]")) return;
  const at = active();
  const key = event.key.toLowerCase();
  if (key === "j") return activate(at + 1);
  if (key === "k") return activate(at < 0 ? 0 : at - 1);
  if (at < 0) return;
  if (key === "x") return select(at, event.shiftKey ? anchor : -1);
  const action = $(`[data-key="${CSS.escape(event.key)}"]`, rows()[at]);
  if (action) { event.preventDefault(); action.click(); }
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-listnav] [data-href]");
  if (!row || event.target.closest("a, button, input, select, textarea, label, summary, .menu-list") || String(getSelection())) return;
  if (isCommand(event)) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) $$("input[name=ids]").forEach((box) => { box.checked = event.target.checked; });
  if (event.target.matches("[data-select-all], input[name=ids]")) tell();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-listnav] [data-href]");
  if (row) { rows().forEach((other) => other.toggleAttribute("data-active", other === row)); last = rows().indexOf(row); }
});

// When the row that had the focus is gone, done or snoozed, the next one takes its place.
document.addEventListener("htmx:afterSettle", () => {
  tell();
  if (last >= 0 && document.activeElement === document.body) activate(last);
});
