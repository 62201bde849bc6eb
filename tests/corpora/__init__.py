"""Many mails with their answers: those in this folder, and shared ones."""
