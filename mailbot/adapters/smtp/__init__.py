"""Submission over SMTP: connections, a pool of them, and what each reply says."""
