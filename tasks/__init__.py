"""The steps of a night, as plain functions, grouped in the order that data meets them."""
