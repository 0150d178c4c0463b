"""Specified: services/participation."""
