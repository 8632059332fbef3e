"""Accuracy beside peers: PLOVER root types, CAMEO triples, toponyms. See README.md here and docs/peers.md."""
