"""Pages of a plan for the customer, who holds a link and has no account here."""
