"""How statements change the catalogue."""
