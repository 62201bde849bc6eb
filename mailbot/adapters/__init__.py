"""How the world is touched: mailboxes, submission servers, databases, files, the clock."""
