// <details data-menu> as a menu: one open at a time, Escape and leaving close it, arrows move.
import { $, $$ } from "./dom.js";

const items = (menu) => $$(".menu-list :is(a[href], button, input, select)", menu);

// A menu inside a scrolling box would be cut off: it is placed on the window instead.
function place(menu) {
  const list = $(".menu-list", menu);
  if (!menu.closest(".scroll-x, .tabs, .dialog, .drawer")) return;
  under(list, $("summary", menu).getBoundingClientRect());
}

function under(list, edge) {
  const below = innerHeight - edge.bottom > list.offsetHeight + 8;
  Object.assign(list.style, {
    position: "fixed",
    top: `${below ? edge.bottom + 4 : Math.max(8, edge.top - list.offsetHeight - 4)}px`,
    left: `${Math.max(8, Math.min(edge.right - list.offsetWidth, innerWidth - list.offsetWidth - 8))}px`,
    right: "auto",
  });
}

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (menu.matches?.(".menu[popover]") && event.newState === "open") {
    const button = $(`[popovertarget="${CSS.escape(menu.id)}"]`);
    if (button) under(menu, button.getBoundingClientRect());
  }
  if (!menu.matches?.("details[data-menu]") || !menu.open) return;
  $$("details[data-menu][open]").forEach((other) => { if (other !== menu && !other.contains(menu)) other.open = false; });
  place(menu);
}, true);

document.addEventListener("click", (event) => {
  $$("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  if (event.key === "Escape") {
    event.preventDefault();
    menu.open = false;
    $("summary", menu).focus();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.target.matches("input, select")) {
    event.preventDefault();
    const all = items(menu);
    const at = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    all[(at + all.length) % all.length]?.focus();
  }
});
