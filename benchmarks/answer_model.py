"""``python -m benchmarks.answer_model SQUAD OUT``: trains the model that tells an answer from what only seems one.

It starts from the reranker, a cross-encoder that was trained to tell what is on the subject, and learns whether a
sentence answers from SQuAD 1.1's training questions (CC BY-SA 4.0) and twisted ones (``benchmarks.twisted``). They are
asked of other articles than the development questions on which it is measured. What is written has weights of eight
bits. It takes half an hour on two cores, and ``pip install wholeads[dev]``.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Annotated, Any

import numpy as np
import onnx
import torch
import typer
from numpy.typing import NDArray
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
from rich.console import Console
from rich.progress import track
from tokenizers import Encoding, Tokenizer
from transformers import BertConfig, BertForSequenceClassification

from benchmarks.faults import ERRORS, told
from benchmarks.passages_data import PassageSetError
from benchmarks.twisted import Example, Twister, examples, read_articles
from corpus.language import load_language
from index.reranker import MODEL_FILE, TOKENIZER_FILE, packaged_folder

QUESTIONS, PAIRS = 24_000, 28_000
ANSWERED, TWISTED = 0.42, 0.45
"""Shares of the pairs that answer, and whose question was twisted; the others are another sentence's."""
LONGEST = 56
"""Word pieces of a pair; longer ones are left out, to save time."""
FROZEN = 3
"""Layers that are left as they are, and the word vectors with them."""
BATCH, RATE, WARMING = 32, 1.2e-4, 60
LEANING = 1.3
"""What a pair that answers weighs beside one that does not."""
SEED = 5
_NEIGHBOURS, _LIKE, _ASKED = 8, 0.35, 15
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


app = typer.Typer(add_completion=False)


@app.command()
def main(
    squad: Annotated[Path, typer.Argument(help="SQuAD 1.1's training questions, a JSON file.")],
    out: Annotated[Path, typer.Argument(help="The ONNX file to write.")],
    pairs: Annotated[int, typer.Option(help="Pairs of question and sentence to learn from.")] = PAIRS,
) -> None:
    """Train the model anew."""
    with told(PassageSetError):
        articles = read_articles(squad)
    torch.manual_seed(SEED)
    random = Random(SEED)
    folder = packaged_folder()
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    tokenizer.no_padding()
    model = reranker_to_train(folder / MODEL_FILE)
    twister = Twister(load_language("en"), neighbours(model, tokenizer, words_asked(articles)), random)
    made = list(examples(articles, twister, QUESTIONS, random))
    random.shuffle(made)
    train(model, *_encoded(tokenizer, made, pairs), ERRORS)
    write(model, out)


def reranker_to_train(path: Path) -> BertForSequenceClassification:
    """The reranker's model, its weights of eight bits as numbers again."""
    config = BertConfig(hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536)
    weights = weights_of(path)
    config.num_labels = len(weights["classifier.bias"])
    config._attn_implementation = "eager"  # the one that is written out operation by operation
    model = BertForSequenceClassification(config)
    model.load_state_dict({name: torch.tensor(weights[name]) for name in model.state_dict()})
    return model


def weights_of(path: Path) -> Mapping[str, NDArray[np.float32]]:
    """The weights of a model in an ONNX file by their names, those of eight bits as numbers again."""
    graph = onnx.load(str(path)).graph
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    makers = {output: node for node in graph.node for output in node.output}
    weights = {name: value for name, value in stored.items() if value.dtype == np.float32}

    def restored(name: str) -> NDArray[np.float32]:
        stem = name.removesuffix("_quantized")
        zero = stored[f"{stem}_zero_point"].astype(np.float32)
        values: NDArray[np.float32] = (stored[name].astype(np.float32) - zero) * weights[f"{stem}_scale"]
        return values

    for node in graph.node:
        if node.op_type == "MatMulInteger":
            name = re.sub(r"/(Gemm_)?MatMul.*", "", node.name).strip("/").replace("/", ".")
            weights[f"{name}.weight"] = restored(node.input[1]).T
        elif node.op_type == "DequantizeLinear":
            looked_up = makers[node.input[0]].input[0]
            weights[looked_up.removesuffix("_quantized")] = restored(looked_up)
    return weights


def words_asked(articles: Sequence[Any]) -> Mapping[str, int]:
    """How often each word is asked with, in small letters."""
    questions = (qa["question"] for article in articles for part in article["paragraphs"] for qa in part["qas"])
    return Counter(word for question in questions for word in re.findall(r"[a-z]+", question.lower()))


def neighbours(
    model: BertForSequenceClassification, tokenizer: Tokenizer, asked: Mapping[str, int]
) -> Callable[[str], Sequence[str]]:
    """The words nearest to one by the model's word vectors, of those that are often asked with."""
    words = [word for word in tokenizer.get_vocab() if word.isalpha() and asked.get(word, 0) >= _ASKED]
    vectors = model.bert.embeddings.word_embeddings.weight.detach().numpy()
    vectors = vectors - vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    rows = np.array([tokenizer.token_to_id(word) for word in words], dtype=np.int64)

    @cache
    def alike(word: str) -> Sequence[str]:
        row = tokenizer.token_to_id(word)
        if row is None:
            return ()
        near = vectors[rows] @ vectors[row]
        best = [words[at] for at in np.argsort(-near)[: 2 * _NEIGHBOURS] if near[at] > _LIKE]
        return [other for other in best if other[:4] != word[:4]][:_NEIGHBOURS]

    return alike


def _encoded(tokenizer: Tokenizer, made: Sequence[Example], pairs: int) -> tuple[list[Encoding], NDArray[np.float32]]:
    """So many short pairs in the wanted shares, and whether each answers."""
    wanted = {(True, False): ANSWERED, (False, True): TWISTED, (False, False): 1 - ANSWERED - TWISTED}
    left = {kind: round(share * pairs) for kind, share in wanted.items()}
    kept: list[tuple[Encoding, bool]] = []
    for example in made:
        kind = (example.answers, example.twisted)
        if left[kind]:
            encoding = tokenizer.encode(example.question, example.sentence)
            if len(encoding.ids) <= LONGEST:
                left[kind] -= 1
                kept.append((encoding, example.answers))
    return [encoding for encoding, _ in kept], np.array([answers for _, answers in kept], dtype=np.float32)


def train(
    model: BertForSequenceClassification, pairs: Sequence[Encoding], answers: NDArray[np.float32], console: Console
) -> None:
    """Once through all pairs, those of much the same length together."""
    torch.manual_seed(SEED)
    for part in (model.bert.embeddings, *model.bert.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    model.train()
    learning = [weights for weights in model.parameters() if weights.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=RATE, weight_decay=0.01)
    batches = _batches(pairs)
    steps = len(batches)
    slowing = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARMING) * max(0.02, 1 - step / steps)
    )
    loss_of = torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor(LEANING))
    for batch in track(batches, "training", console=console):
        odds = model(**tensors([pairs[at] for at in batch])).logits[:, 0]
        optimiser.zero_grad()
        loss_of(odds, torch.from_numpy(answers[batch])).backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        slowing.step()
    model.train(False)


def _batches(pairs: Sequence[Encoding]) -> list[NDArray[np.int64]]:
    """In no order, each of pairs that are about as long, so that little is padded."""
    lengths = np.array([len(pair.ids) for pair in pairs])
    stretches = np.array_split(np.arange(len(pairs)), max(1, len(pairs) // (32 * BATCH)))
    ordered = np.concatenate([stretch[np.argsort(lengths[stretch], kind="stable")] for stretch in stretches])
    batches = [ordered[at : at + BATCH] for at in range(0, len(ordered), BATCH)]
    return [batches[at] for at in np.random.default_rng(SEED).permutation(len(batches))]


def tensors(pairs: Sequence[Encoding]) -> dict[str, torch.Tensor]:
    """What a model reads of pairs: (pairs, pieces) ids, mask and types, padded to the longest."""
    width = max(len(pair.ids) for pair in pairs)
    rows: dict[str, list[list[int]]] = {name: [] for name in _INPUTS}
    for pair in pairs:
        for name, values in zip(_INPUTS, (pair.ids, pair.attention_mask, pair.type_ids), strict=True):
            rows[name].append([*values, *[0] * (width - len(values))])
    return {name: torch.tensor(values) for name, values in rows.items()}


def write(model: torch.nn.Module, out: Path) -> None:
    """The model as an ONNX file, its weights of eight bits."""
    example = torch.ones((1, 8), dtype=torch.int64)
    axes: dict[str, Any] = {name: {0: "pairs", 1: "pieces"} for name in _INPUTS}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            model,
            (example, example, example),
            str(whole),
            input_names=list(_INPUTS),
            output_names=["logits"],
            dynamic_axes=axes,
            dynamo=False,
        )
        # A scale for each column keeps the odds; seven bits of the eight keep older processors from overflowing.
        quantize_dynamic(whole, out, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


if __name__ == "__main__":
    app()
