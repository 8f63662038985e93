"""Reports for programs: JSON and SARIF."""
