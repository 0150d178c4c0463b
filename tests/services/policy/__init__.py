"""Specification of `services/policy`."""
