"""Judges scores against truth, whatever system made the scores; neither torch nor tasks.

Every function takes arrays and returns plain values; files and pages are made elsewhere.
"""
