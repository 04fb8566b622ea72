"""English as people read it outside the United States too: 11/12/2026 would be two days."""

SHORT_DATE_FORMAT = "N j, Y"
SHORT_DATETIME_FORMAT = "N j, Y H:i"
