"""The Dash app: statistics, the priority list and the exam page, read from the lake."""
