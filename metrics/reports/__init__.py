"""Questions across rooms; nothing here writes."""
