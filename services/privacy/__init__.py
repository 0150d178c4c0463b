"""A person's data are his: a copy of all of it, an end to his account, and how long each column is kept."""
