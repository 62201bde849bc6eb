"""What a mail is: read to the end, whose it is, what it adds, what sort it is, and to which ticket it leads."""
