"""Tables to readings: grids with their headers, rows and codes told apart, and what each cell therefore means."""
