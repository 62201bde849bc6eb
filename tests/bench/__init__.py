"""How fast the desk is, compared with a bare loop that does the minimum, in one run on one machine. No timed tests."""
