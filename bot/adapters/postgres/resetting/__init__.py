"""Emptying a development database so that its history can be applied anew."""
