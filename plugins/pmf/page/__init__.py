"""What a report is made of (``document``) and the renderers that print it: web, PDF, Word, spreadsheets, data, mail."""
