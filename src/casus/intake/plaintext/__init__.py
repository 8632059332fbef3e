"""Plain text: which lines are the report, and what they say of it."""
