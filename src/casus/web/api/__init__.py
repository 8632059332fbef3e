"""The API: one router a resource, below /api/1; docs/http.md describes them."""
