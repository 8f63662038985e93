"""What an event of GitHub asks for, one module for each kind of request."""
