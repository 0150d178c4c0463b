"""Specified: services/messaging."""
