"""Drift as people read it: words, the issue that is kept, and the line by which it is found."""
