"""Records: tables, JSON and ninjs, by a map of fields."""
