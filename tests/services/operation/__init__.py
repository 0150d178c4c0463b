"""Specified: services/operation."""
