"""Specified: services/conversation."""
