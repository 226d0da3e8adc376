"""What runs and when: the flows, the command, the local stack."""
