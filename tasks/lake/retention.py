"""How long former versions of tables can be read; a module that imports nothing."""

RETENTION_DAYS = 5475
"""Fifteen years, as clinical records are kept (Ley 20.584, art. 13): what was published on a
morning can be shown as it was."""
