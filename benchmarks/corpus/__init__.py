"""A corpus of any size: disclosures that nobody published, with figures that are known, and mistakes that are planted."""
