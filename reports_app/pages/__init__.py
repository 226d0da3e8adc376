"""The pages: each has `content(address, reports)`, and `register(app, …)` where it has callbacks."""
