"""The store of documents, claims, events and decisions: one SQLite file, one writer and many readers at once."""
