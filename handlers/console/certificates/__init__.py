"""Certificates of service record on the console: the register, issuing, the seals of centres."""
