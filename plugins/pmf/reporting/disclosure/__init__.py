"""What public editions leave out so that nobody can be known from them: which figures, and how a report looks without them."""
