"""What must be true of a target before the first write: `ready.py` asks, the others know."""
