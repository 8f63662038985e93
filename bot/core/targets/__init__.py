"""Where migrations go: one database or many, and how it is reached and known."""
