"""How each kind of object is created, dropped and altered. One module for what is alike."""
