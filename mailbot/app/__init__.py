"""Ties it all together: the only room that names concrete adapters."""
