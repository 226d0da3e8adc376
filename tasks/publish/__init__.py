"""From scores to the list, its accounting and the morning's report."""
