"""What a doctor looks at, and what it says of it, as values."""
