"""Tables, constraints and the two doors."""
