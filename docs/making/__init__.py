"""The pages that are made from the code: `python -m docs.making`, or `make docs`."""
