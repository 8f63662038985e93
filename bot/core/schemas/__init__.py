"""What a database's schema is, and how two of them differ."""
