"""Mail: boxes, letters, newsletters, what they forward and attach."""
