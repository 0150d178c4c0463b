"""Specified: services/bookkeeping."""
