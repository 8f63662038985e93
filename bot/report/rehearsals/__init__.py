"""What a rehearsal found, in words and pictures."""
