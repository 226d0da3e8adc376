"""Files that somebody hands in: the night's pipeline on them, and nothing kept of them."""
