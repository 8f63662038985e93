"""Recovery points that are kept elsewhere: read out, and made where a vendor makes them."""
