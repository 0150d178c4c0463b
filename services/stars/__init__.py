"""Stars (星级, S100): proposed by hours, reviewed, shown in public, awarded; a star is what was awarded, no sum."""
