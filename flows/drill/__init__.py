"""Drills: real nights that are broken on purpose, and the proof of what they leave."""
