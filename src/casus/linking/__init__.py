"""Claims in, events out: blocking, pair scores with reasons, clustering, settling, contradictions."""
