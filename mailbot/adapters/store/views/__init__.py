"""What people and rules ask the store: lists, pages and reports, none of them on the way of a mail."""
