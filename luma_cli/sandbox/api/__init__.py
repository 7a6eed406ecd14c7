"""The API's endpoints: who asks, what was sent, what is answered."""
