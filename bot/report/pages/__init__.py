"""A board as pages: one static site that asks nothing of anybody."""
