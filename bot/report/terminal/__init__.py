"""What stands in a terminal, a module for each verb."""
