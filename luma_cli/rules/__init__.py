"""What the API accepts, written once: values, tables and rules. Knows nothing of the rest."""
