"""What a target has, what it would run, and how that went."""
