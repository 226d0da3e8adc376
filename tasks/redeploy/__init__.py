"""The model repository: packages, their records, their checks."""
