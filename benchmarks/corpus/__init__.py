"""A corpus of any size: disclosures that nobody published, whose figures and mistakes are known."""
