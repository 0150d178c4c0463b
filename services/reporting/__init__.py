"""Papers for those above: reference reports, the superior's own forms, an activity's and a team's folder as Word."""
