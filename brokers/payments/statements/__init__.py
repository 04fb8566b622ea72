"""Bank statements: read the bank's file, match its lines to what is due, clear what is left."""
