"""What a woman may ask about her data, and what may be asked about her: each use on record."""
