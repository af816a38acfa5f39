"""Pages of accounts: load, form, action, render."""
