"""The site that is made of these documents: `make site`."""
