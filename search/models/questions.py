"""The question of a listing, as it was worked out last."""

from django.db import models


class Question(models.Model):
    """`readings` as `asking` writes them down, of the text that `digest` tells and the `words` that were
    known, when the index held so many `documents`.
    """

    key = models.CharField(max_length=40, unique=True)
    digest = models.CharField(max_length=32)
    words = models.CharField(max_length=32)
    documents = models.PositiveIntegerField()
    readings = models.TextField()

    def __str__(self) -> str:
        return self.key
