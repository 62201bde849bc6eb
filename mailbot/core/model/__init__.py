"""What the desk knows: mails, tickets, promises, letters, and what the admin configured; data, and hardly a decision."""
