"""The rules of the API: values, tables and checks, shared by client and sandbox."""
