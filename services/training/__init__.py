"""Training: providers, bases, courses, orders, sessions, results, certificates, the training rate (S42, S83–S89)."""
