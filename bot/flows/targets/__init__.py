"""What is asked of a target, and done to one: plans, standings, expectations, bookkeeping."""
