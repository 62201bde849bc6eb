"""What a mail is: parsed, whose it is, what it adds, what kind it is, and which ticket it belongs to."""
