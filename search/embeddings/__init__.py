"""How close two texts are in meaning, by vectors from an embeddings endpoint. Optional, off by default.

The worker fetches the vectors and the database keeps them, so no page ever waits for the endpoint, both
engines score alike, and building an index anew sends nothing again.
"""
