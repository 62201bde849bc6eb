"""Many mails with their answers: those that lie here, and those that are shared."""
