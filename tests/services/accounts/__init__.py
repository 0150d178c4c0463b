"""Specified: services/accounts."""
