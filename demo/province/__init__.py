"""A made-up province of any size, written in bulk: `flask generate` (`making.py`)."""
