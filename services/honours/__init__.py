"""Honours of people and teams (荣誉, S95, S105): which there are, who holds them, the wall, comparing, rankings."""
