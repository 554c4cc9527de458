"""What does each table look like? Declarations of every table, closed set, finding and error."""
