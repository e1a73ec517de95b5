"""Writes ``index/embedding.onnx``: how the packaged embedding model reckons, without its numbers.

``python -m training.embedding``. The weights stay in the package, in the file of safetensors that its authors
published: the graph names them, and who loads it hands them over.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import onnx
import torch
import typer
from transformers import BertModel

from index.embedding import GRAPH, INPUTS, PREFIX, packaged_folder

SMALL = 64
"""Bytes of a number of the graph's own; what is longer is one of the model's."""


class Embedding(torch.nn.Module):
    """The model with what is done to its output: the mean over the word pieces, as a unit vector."""

    def __init__(self) -> None:
        super().__init__()
        # The attention that is written out operation by operation.
        self.model = BertModel.from_pretrained(
            str(packaged_folder()), add_pooling_layer=False, attn_implementation="eager"
        )

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Unit rows, (texts, dimensions)."""
        pieces = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(pieces.dtype)
        return torch.nn.functional.normalize((pieces * weight).sum(1) / weight.sum(1), dim=1)


def main(out: Annotated[Path, typer.Option(help="The ONNX file to write.")] = GRAPH) -> None:
    """Write the graph of the packaged embedding model."""
    example = torch.ones((1, 8), dtype=torch.int64)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            Embedding().eval(),
            (example, example),
            str(whole),
            input_names=list(INPUTS),
            output_names=["vectors"],
            dynamic_axes={name: {0: "texts", 1: "pieces"} for name in INPUTS},
            do_constant_folding=False,  # the weights keep their names
            dynamo=False,
        )
        graph = onnx.load(str(whole))
    for numbers in graph.graph.initializer:
        if len(numbers.raw_data) > SMALL:
            assert numbers.name.startswith(PREFIX)
            numbers.ClearField("raw_data")
            numbers.data_location = onnx.TensorProto.EXTERNAL
            numbers.external_data.add(key="location", value="model.safetensors")
    onnx.save(graph, str(out))


if __name__ == "__main__":
    typer.run(main)
