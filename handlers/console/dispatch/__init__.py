"""Calling teams to a place: the list, the form, the board, a called team, points, insurance of each team."""
