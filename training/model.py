"""The model of readings as it is trained and as it is written: an encoder whose vectors tell what means the same.

It begins as all-MiniLM-L6-v2, mean-pooled; its word vectors are left as they are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
from tokenizers import Tokenizer
from transformers import BertModel

from benchmarks.answer_model import weights_of
from index.embedding import packaged_folder
from index.reading_encoder import BIAS, INPUTS, LONGEST, SCALE
from index.reranker import TOKENIZER_FILE
from index.reranker import packaged_folder as tokenizer_folder

BEGINNING = {SCALE: 16.0, BIAS: -8.0}
"""Log odds of a cosine before training: as likely as not at one half."""
TOGETHER = 32
"""Texts that are encoded at once, those of about the same length."""


class ReadingModel(torch.nn.Module):
    """Texts in, unit vectors out; ``scale`` and ``bias`` make log odds of a cosine."""

    def __init__(self, attention: str = "sdpa") -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(
            str(packaged_folder()), add_pooling_layer=False, attn_implementation=attention
        )
        self.bert.embeddings.requires_grad_(False)
        self.scale = torch.nn.Parameter(torch.tensor(BEGINNING[SCALE]))
        self.bias = torch.nn.Parameter(torch.tensor(BEGINNING[BIAS]))

    def go_on_from(self, path: Path) -> ReadingModel:
        """The same model with the weights, scale and bias of one that was written."""
        weights, stored = weights_of(path), {each.key: each.value for each in onnx.load(str(path)).metadata_props}
        self.bert.load_state_dict({name: torch.tensor(weights[f"bert.{name}"]) for name in self.bert.state_dict()})
        for name, part in ((SCALE, self.scale), (BIAS, self.bias)):
            part.data.fill_(float(stored[name]))
        return self

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """(texts, pieces) ids and mask to (texts, dimensions) unit rows."""
        hidden = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask[..., None].to(hidden.dtype)
        pooled = (hidden * mask).sum(1) / mask.sum(1)
        return torch.nn.functional.normalize(pooled, dim=1)

    def odds(self, vectors: torch.Tensor, message: torch.Tensor) -> torch.Tensor:
        """(n, dimensions) candidates and (dimensions,) message to (n,) log odds."""
        found: torch.Tensor = self.scale * (vectors @ message) + self.bias
        return found


class Encoder:
    """Encodes many texts with a model in training."""

    def __init__(self, model: ReadingModel) -> None:
        self.model = model
        self._tokenizer = Tokenizer.from_file(str(tokenizer_folder() / TOKENIZER_FILE))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._kept: dict[str, list[int]] = {}

    def vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit rows in the order of the texts, (n, dimensions)."""
        order = sorted(range(len(texts)), key=lambda at: len(self._pieces(texts[at])))
        rows = [self._batch([texts[at] for at in order[s : s + TOGETHER]]) for s in range(0, len(order), TOGETHER)]
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(rows)[back]

    def _batch(self, texts: Sequence[str]) -> torch.Tensor:
        pieces = [self._pieces(text) for text in texts]
        width = max(map(len, pieces))
        ids = torch.tensor([[*row, *[0] * (width - len(row))] for row in pieces])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in pieces])
        vectors: torch.Tensor = self.model(ids, mask)
        return vectors

    def _pieces(self, text: str) -> list[int]:
        if text not in self._kept:
            self._kept[text] = self._tokenizer.encode(text).ids
        return self._kept[text]


def write(trained: ReadingModel, out: Path) -> None:
    """The model as an ONNX file, its weights of eight bits, scale and bias in its metadata."""
    model = ReadingModel("eager")  # the attention that is written out operation by operation
    model.load_state_dict(trained.state_dict())
    example = torch.ones((1, 8), dtype=torch.int64)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            model.eval(),
            (example, example),
            str(whole),
            input_names=list(INPUTS),
            output_names=["vectors"],
            dynamic_axes={name: {0: "texts", 1: "pieces"} for name in INPUTS},
            dynamo=False,
        )
        # A scale for each column keeps the odds; seven bits of the eight keep older processors from overflowing.
        quantize_dynamic(whole, out, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    stored = onnx.load(str(out))
    for key, value in ((SCALE, trained.scale), (BIAS, trained.bias)):
        stored.metadata_props.add(key=key, value=repr(round(float(value), 4)))
    onnx.save(stored, str(out))
