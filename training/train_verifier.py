"""``python -m training.train_verifier``: trains the model that reads a message and what it may mean together.

It begins as the shipped reranker and learns from what the encoder finds likeliest (``training.train`` comes first): of
each message what is meant, and the best of what is not. Besides it learns to tell whether a sentence states a claim,
gainsays it or leaves it open (``training.judging``). It sees the same fields as the encoder, and is written with
weights of eight bits.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Annotated

import numpy as np
import torch
import typer
from rich.console import Console
from rich.progress import track
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

from benchmarks.answer_model import reranker_to_train, tensors, write
from bot.understanding.chooser import best_of_each, sort_of
from index.reading_encoder import open_reading_encoder
from index.reranker import LONGEST, MODEL_FILE, TOKENIZER_FILE, VERIFIER, packaged_folder
from training.examples import FIELDS, Example
from training.judging import Pair, pairs_of
from training.train import HELD_OUT, examples_of

MINUTES, RATE, RATE_OF_HEAD, WARMING, SEED = 60.0, 6e-5, 3e-4, 40, 5
BATCH, STATEMENTS, JUDGED = 4, 2, 8
"""So many messages, statements, and pairs of a statement and a sentence are learnt from at a time."""
JUDGING = 0.7
"""What judging weighs beside choosing."""
LABELS = (4, 3, 3)
"""How often pairs are shown that are open, stated and gainsaid."""
FROZEN = 3
"""Layers that are left as they are, and the word vectors with them."""
LEANING = 1.7
"""What a pair that is meant weighs beside one that is not."""
OTHERS, NONE = 2, 0.5
"""So many of the questions and of the sentences that are not meant are shown, and how often a kind of nothing is."""
PLAIN = 0.2
"""How often a plain wording of what is meant is shown beside the candidate."""
SORTED = 192
PLAINLY, EASY = 2.5, 0.4
"""In easy examples the encoder finds what is meant likelier by so much than all else; so many of them are shown."""

Group = tuple[str, list[tuple[str, float]]]
"""A message as a model is told it, and texts with 1 for what is meant, 0 for what is not."""

console = Console(stderr=True)


Row = tuple[Example, list[int], bool]
"""An example, its candidates in the order of the encoder's odds, and whether it is easy."""


def ranked(examples: Sequence[Example]) -> list[Row]:
    """Each example with its candidates in the order of the encoder's odds."""
    encoder, found = open_reading_encoder(), []
    for example in track(examples, "encoding", console=console):
        odds = np.array(encoder.scores(example.told, [candidate.text for candidate in example.candidates]))
        order = [int(at) for at in np.argsort(-odds, kind="stable")]
        others = [odds[at] for at in order if example.meant[at] is False]
        easy = example.meant[order[0]] is True and odds[order[0]] - max(others, default=-np.inf) > PLAINLY
        found.append((example, order, bool(easy)))
    return found


def group_of(example: Example, order: Sequence[int], random: Random) -> Group:
    """What is shown of an example at a time: what is meant, and some of what will have to be told from it."""
    meant = list(dict.fromkeys(example.candidates[at].text for at in order if example.meant[at] is True))[:2]
    if example.questions and (not meant or random.random() < PLAIN):
        meant = [*meant[:1], random.choice(example.questions)]
    sorts: dict[str, list[str]] = {"question": [], "sentence": [], "nothing": []}
    for at in best_of_each(example.candidates, order):
        candidate = example.candidates[at]
        if example.meant[at] is False and candidate.text not in meant:
            sorts[sort_of(candidate)].append(candidate.text)
    taken = [t for sort in ("question", "sentence") for t in random.sample(sorts[sort], min(len(sorts[sort]), OTHERS))]
    if sorts["nothing"] and random.random() < NONE:
        taken.append(random.choice(sorts["nothing"]))
    return example.told, [*((text, 1.0) for text in meant), *((text, 0.0) for text in dict.fromkeys(taken))]


def train(rows: Sequence[Row], judged: Sequence[Pair], minutes: float, begin: Path) -> BertForSequenceClassification:
    """The model after so many minutes of two cores, from the one in the file ``begin``."""
    torch.manual_seed(SEED)
    torch.set_flush_denormal(True)
    random = Random(SEED)
    tokenizer = Tokenizer.from_file(str(packaged_folder() / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    model = with_judging(reranker_to_train(begin))
    model.config._attn_implementation = "sdpa"
    for part in (model.bert.embeddings, *model.bert.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    learning = [weights for weights in model.bert.parameters() if weights.requires_grad]
    head = {"params": list(model.classifier.parameters()), "lr": RATE_OF_HEAD}
    optimiser = torch.optim.AdamW([{"params": learning, "lr": RATE}, head], weight_decay=0.01)
    rates = [each["lr"] for each in optimiser.param_groups]
    stated = [row for row in rows if row[0].stated]
    asked = [row for row in rows if not row[0].stated]
    by_label = [[pair for pair in judged if pair.label == label] for label in range(len(LABELS))]
    model.train()
    started, running = time.perf_counter(), 0.0
    shown = zip(_batches(asked, BATCH, random), _batches(stated, STATEMENTS, random), strict=True)
    for step, (some, others) in enumerate(shown):
        took = time.perf_counter() - started
        if (done := took / (60 * minutes)) >= 1:
            break
        for each, rate in zip(optimiser.param_groups, rates, strict=True):
            each["lr"] = rate * min(1.0, (step + 1) / WARMING) * max(0.02, 1 - done)
        groups = [*some, *others]
        pairs = [tokenizer.encode(told, text) for told, texts in groups for text, _ in texts]
        last = [random.choice(by_label[label]) for label in random.choices(range(len(LABELS)), LABELS, k=JUDGED)]
        pairs += [tokenizer.encode(pair.statement, pair.sentence) for pair in last]
        logits = model(**tensors(pairs)).logits
        labels = torch.tensor([pair.label for pair in last])
        loss = loss_of(logits[:-JUDGED, 0], groups)
        loss = loss + JUDGING * torch.nn.functional.cross_entropy(logits[-JUDGED:, 1:], labels)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        running = 0.98 * running + 0.02 * float(loss) if step else float(loss)
        if (step + 1) % 50 == 0:
            console.print(f"step {step + 1}: loss {running:.3f}, {took:.0f} s of {60 * minutes:.0f}")
    model.train(False)
    return model


def with_judging(model: BertForSequenceClassification) -> BertForSequenceClassification:
    """The same model, with three numbers more behind its log odds where it has not learnt to judge yet."""
    known = model.classifier
    if known.out_features == 1:
        head = torch.nn.Linear(known.in_features, 1 + len(LABELS))
        with torch.no_grad():
            head.weight.mul_(0.2)
            head.bias.zero_()
            head.weight[:1], head.bias[:1] = known.weight, known.bias
        model.classifier = head
    return model


def _batches(rows: Sequence[Row], size: int, random: Random) -> Iterator[list[Group]]:
    """Endless; those of about the same length together."""
    while True:
        order = [row for row in random.sample(rows, len(rows)) if not row[2] or random.random() < EASY]
        for start in range(0, len(order), SORTED):
            some = sorted(order[start : start + SORTED], key=lambda row: len(row[0].told))
            batches = [some[at : at + size] for at in range(0, len(some), size)]
            for batch in random.sample(batches, len(batches)):
                yield [group_of(example, ranks, random) for example, ranks, _ in batch]


def loss_of(odds: torch.Tensor, groups: Sequence[Group]) -> torch.Tensor:
    """Each pair for itself, and what is meant against the others of its message."""
    wanted = torch.tensor([value for _, texts in groups for _, value in texts])
    leaning = torch.tensor(LEANING)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(odds, wanted, pos_weight=leaning)
    against, start = [], 0
    for _, texts in groups:
        own, value = odds[start : start + len(texts)], wanted[start : start + len(texts)]
        start += len(texts)
        if 0 < value.sum() < len(texts):
            below = own[value == 0]
            against += [torch.logsumexp(torch.cat([one[None], below]), 0) - one for one in own[value == 1]]
    return loss + 0.5 * torch.stack(against).mean() if against else loss


def main(
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps the examples for the next run.")] = None,
    minutes: Annotated[float, typer.Option(help="How long to learn.")] = MINUTES,
    out: Annotated[Path, typer.Option(help="The ONNX file to write.")] = VERIFIER,
    begin: Annotated[Path | None, typer.Option(help="The model to go on from; left out, the reranker.")] = None,
) -> None:
    """Train the verifier."""
    names = [path.name for path in sorted(FIELDS.iterdir()) if path.is_dir() and path.name not in HELD_OUT]
    rows = ranked([example for name in names for example in examples_of(name, cache)])
    random = Random(SEED)
    judged = [pair for name in names for pair in pairs_of(FIELDS / name, random)]
    model = train(rows, judged, minutes, begin or packaged_folder() / MODEL_FILE)
    model.config._attn_implementation = "eager"  # the one that is written out operation by operation
    write(model, out)


if __name__ == "__main__":
    typer.run(main)
