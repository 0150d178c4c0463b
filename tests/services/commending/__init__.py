"""Specification of `services/commending`."""
