"""Fetching from the web, politely and safely: what `casus watch` does, and no other command."""

from casus.fetch.fetcher import Answer, Fetcher, Manners

__all__ = ["Answer", "Fetcher", "Manners"]
