"""Specification of `services/recruitment`."""
