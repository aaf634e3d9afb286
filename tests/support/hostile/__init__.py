"""Hostile submissions to one small course, each with what it tries to get."""
