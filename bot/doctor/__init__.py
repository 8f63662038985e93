"""One function for each thing that may be wrong: facts in, a line and what mends it out."""
