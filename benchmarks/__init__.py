"""Measurements of what the project claims about itself. Nothing here is needed to run it."""
