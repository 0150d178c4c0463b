"""Excel in, and the lists of the national system."""
