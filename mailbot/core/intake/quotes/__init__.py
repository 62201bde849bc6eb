"""Tells what a mail adds from what it quotes, forwards or is signed with, as mail clients mark it."""
