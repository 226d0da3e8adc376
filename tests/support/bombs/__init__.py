"""Small files that ask for very much, built in memory, and what a worker makes of them."""
