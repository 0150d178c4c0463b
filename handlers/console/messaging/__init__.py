"""Notices that people write, mass sends, and the outbox that carries everything."""
