"""The vector of a listing's public text."""

from django.db import models


class Embedding(models.Model):
    """`vector` is of length 1, as little-endian 16-bit numbers, of the text and model that `digest`
    tells.

    It does not count until it `is_current`: an edit clears that in its own transaction.
    """

    key = models.CharField(max_length=40, unique=True)
    model = models.CharField(max_length=200)
    digest = models.CharField(max_length=32)
    vector = models.BinaryField()
    is_current = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.key} ({self.model})"
