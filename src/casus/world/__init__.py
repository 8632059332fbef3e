"""Names to identities: actors, places, dates."""
