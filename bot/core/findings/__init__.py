"""What is found in a migration, by which rule, and what a reader makes of it."""
