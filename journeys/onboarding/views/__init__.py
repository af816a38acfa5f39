"""Pages of the handoff: load, form, action, render."""
