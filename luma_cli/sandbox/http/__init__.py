"""The layer between server and application, which logs requests and injects faults."""
