"""The ways through the code that more than one verb takes."""
