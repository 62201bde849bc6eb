"""The `mailbot` command: one file for each group of commands."""
