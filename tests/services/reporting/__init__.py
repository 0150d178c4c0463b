"""Specification of `services/reporting`."""
