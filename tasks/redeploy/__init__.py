"""The model repository and every step from a packaged version to one that is served."""
