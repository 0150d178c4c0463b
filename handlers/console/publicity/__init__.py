"""Stories of volunteers, written and reviewed."""
