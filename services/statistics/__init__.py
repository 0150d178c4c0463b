"""Counts of teams, people and service over a subtree; where nothing is yet (S14, S36, S119)."""
