"""What may be told of a table of counts without telling of a person? Suppression, rounding, keys; audit."""
