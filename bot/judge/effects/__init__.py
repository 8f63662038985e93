"""What a statement locks, rewrites, scans, rebuilds and loses."""
