"""What holds other sources: archives and crawls."""
