"""The pages: what is on them, what is never on them, and how a browser takes them."""
