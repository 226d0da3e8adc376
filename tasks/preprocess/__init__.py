"""From stored values to the network input."""
