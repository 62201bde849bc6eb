"""Puts everything together: the only package that names concrete adapters."""
