"""Tells what a mail adds from its quotes, its forwarded mails and its signature, as mail clients mark them."""
