"""Every table's schema, declared once; reads and commits."""
