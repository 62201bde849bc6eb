"""What people and rules ask the store: lists, pages and reports, none of which handling a mail needs."""
