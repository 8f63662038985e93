"""What is asked of a rehearsal, and what it measured."""
