"""An evaluation's report: its sections, plots, page and document."""
