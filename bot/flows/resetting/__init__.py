"""`reset`: what keeps a database from it, what it takes out, and how it goes."""
