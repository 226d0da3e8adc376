"""The pages: each has `content(address, reports)`, and `register(app)` for its callbacks."""
