"""The commands of `mammo`, one module a group; `flows.cli` joins them."""
