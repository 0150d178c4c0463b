"""Stories of volunteers: written, agreed to by each person shown, reviewed, published, taken back (S9, S82)."""
