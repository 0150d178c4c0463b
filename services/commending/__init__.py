"""Commending teams: nominated with figures, a word from each level, public notice, award (S104)."""
