"""Prose to readings: the grammar of disclosure narrative. `docs/narrative.md` tells its rules with examples."""
