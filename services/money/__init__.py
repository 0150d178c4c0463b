"""Money, recorded and never paid: sources, support for projects, income and spending (S90–S93)."""
