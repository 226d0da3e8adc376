"""The servers of one machine: started, watched, found and stopped."""
