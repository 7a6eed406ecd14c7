"""The endpoints of the API: authentication, requests and answers."""
