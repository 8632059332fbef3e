"""PDF: its text as paragraphs."""
