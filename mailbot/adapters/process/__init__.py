"""Processes: forked from a warm parent, held to limits, and known to live by a lock."""
