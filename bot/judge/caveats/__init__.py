"""What of a statement neither its effects nor a comparison of schemas tells."""
