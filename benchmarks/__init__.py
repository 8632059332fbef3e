"""Speed and accuracy, beside peers; for maintainers, not in the wheel."""
