"""Specification of `services/statistics`."""
