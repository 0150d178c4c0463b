"""The worker: one leads, all deliver, nothing is said twice."""
