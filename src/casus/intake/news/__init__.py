"""Feeds and news formats in XML."""
