// What every page gets: event delegation and native elements, no framework, no eval, no inline handlers.
import "./autosave.js";
import "./combobox.js";
import "./copy.js";
import "./dialog.js";
import "./forms.js";
import "./listnav.js";
import "./menu.js";
import "./network.js";
import "./palette.js";
import "./shortcuts.js";
import "./theme.js";
import "./toast.js";
import { $$ } from "./dom.js";

// Time series open at their newest end.
const toNewest = (root) => $$("[data-scroll-end]", root).forEach((box) => { box.scrollLeft = box.scrollWidth; });
toNewest(document);
document.addEventListener("htmx:load", (event) => toNewest(event.target));

// Of many tabs on a narrow screen, the one of this page is in view.
$$(".tabs [aria-current=page], .settings-nav [aria-current=page]").forEach((tab) => tab.scrollIntoView({ block: "nearest", inline: "center" }));
