"""How fast the desk is: beside a bare loop that does the least, in one run on one machine. No timed tests."""
