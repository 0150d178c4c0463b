"""Posts and rights, people, what was looked at."""
