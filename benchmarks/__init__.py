"""How fast it is, beside what cannot be faster: ratios measured in one run on one machine."""
