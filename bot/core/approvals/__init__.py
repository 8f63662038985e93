"""Who approved which text, and whose word counts."""
