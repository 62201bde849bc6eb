"""Processes: forked from a warm parent, held to limits, and known to be alive by a lock."""
