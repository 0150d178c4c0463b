"""Helpers of the test suite that hold no assertions: a real PostgreSQL, a real browser."""
