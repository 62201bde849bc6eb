"""A whole desk on one machine: mail servers in memory and invented people, to see the desk at work."""
