"""Reads people's words: the times they name, how loud they are, what admins search for, and which mails are alike."""
