"""The admin's rules: what they ask, how a mail is weighed by them, and what an edit of them would change."""
