"""Reads people's words: times they name, thanks, loudness, what an admin looks for, and which mails are alike."""
