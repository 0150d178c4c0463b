"""Excel files from strangers: read safely, judged row by row, applied piece by piece (S35, S72)."""
