"""Importers, one module a data set."""
