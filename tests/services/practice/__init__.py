"""Specified: services/practice."""
