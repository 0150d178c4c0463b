"""How alive teams are: an index by month, marks of the idle ones, revival, who stays and who goes (S48, S50)."""
