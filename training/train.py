"""``python -m training.train``: makes the model that chooses readings from the fields, and says how good it is.

1. Examples: each message of ``training/fields`` with all that it may mean (``training.examples``).
2. The encoder is trained (``training.model``): what a message means shall lie nearer to it than all that it does not
   mean (a softmax), and above even odds (log odds, binary). Messages of one field go together, so that what is encoded
   for one is a contrast for the others.
3. It is written with weights of eight bits and measured on the fields that were held out.

Nothing but ``training/fields`` is read; what is sealed stays so. The same data give the same model on the same kind of
processor; on others the scores differ in the second decimal.
"""

from __future__ import annotations

import pickle
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Annotated, TypeVar

import numpy as np
import torch
import typer
from rich.console import Console
from rich.progress import track

from bot.understanding.candidates import Origin
from corpus.world import World
from index.embedding import open_embedder
from index.reading_encoder import READINGS, open_reading_encoder
from training.examples import FIELDS, Example, Field
from training.model import Encoder, ReadingModel, write

HELD_OUT = ("vaccines", "standards", "carmakers", "bank", "festival", "wind")
"""Fields that are not learnt from: the figures are theirs."""
EPOCHS, RATE, RATE_OF_ODDS, WARMING, BATCH, SEED = 2.0, 8e-5, 5e-3, 30, 8, 5
WEIGHT = 4.0
"""What a candidate that is meant weighs beside one that is not."""
FORMS, SENTENCES, PLAIN = 0.13, 0.3, 0.5
"""Shares of the questions, of the sentences behind the first two and of the plain wordings that are shown at a time."""

Shown = Mapping[str, bool | None]
Made = TypeVar("Made")

app = typer.Typer(add_completion=False)
console = Console(stderr=True)


@app.command()
def main(
    out: Annotated[Path, typer.Option(help="The ONNX file to write.")] = READINGS,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps the examples for the next run.")] = None,
    share: Annotated[float, typer.Option(help="Share of each field to learn from, for the curve by data.")] = 1.0,
    epochs: Annotated[float, typer.Option(help="How often each message is learnt from.")] = EPOCHS,
    begin: Annotated[Path | None, typer.Option(help="The model to go on from; left out, all-MiniLM-L6-v2.")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Learn from the held-out fields, too.")] = False,
) -> None:
    """Train the model of readings."""
    names = sorted(path.name for path in FIELDS.iterdir() if path.is_dir())
    examples = {name: examples_of(name, cache) for name in track(names, "examples", console=console)}
    random = Random(SEED)
    learnt = {
        name: random.sample(examples[name], round(share * len(examples[name])))
        for name in names
        if everything or name not in HELD_OUT
    }
    held = [example for name in HELD_OUT for example in examples.get(name, ())]
    console.print(f"{sum(map(len, learnt.values()))} messages to learn from, {len(held)} held out")
    write(train(learnt, epochs, begin), out)
    print("\n".join(measured(held)))


def examples_of(name: str, cache: Path | None) -> list[Example]:
    """The examples of a field."""
    return made_of(name, cache, name, lambda field: list(field.examples()))


def made_of(name: str, cache: Path | None, kept_as: str, make: Callable[[Field], list[Made]]) -> list[Made]:
    """What is made of a field, from the cache where it is there and no file of the field is newer."""
    kept = cache / f"{kept_as}.pkl" if cache else None
    newest = max(path.stat().st_mtime for path in (FIELDS / name).iterdir())
    if kept and kept.is_file() and kept.stat().st_mtime > newest:
        found: list[Made] = pickle.loads(kept.read_bytes())
        return found
    with tempfile.TemporaryDirectory() as index:
        made = make(Field(FIELDS / name, Path(index), open_embedder(), World.load()))
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(made))
    return made


def shown(example: Example, random: Random) -> Shown:
    """What a model is shown of an example: what is meant, also in plain words, and some of what is not."""
    kept: dict[str, bool | None] = {}
    sentences = 0
    for candidate, meant in zip(example.candidates, example.meant, strict=True):
        sentences += candidate.origin is Origin.TEXT
        share = {Origin.FORM: FORMS, Origin.TEXT: SENTENCES if sentences > 2 else 1.0}.get(candidate.origin, 1.0)
        if meant is True or random.random() < share:
            kept[candidate.text] = True if kept.get(candidate.text) is True else meant
    kept.update({question: True for question in example.questions if random.random() < PLAIN})
    return kept


def train(fields: Mapping[str, Sequence[Example]], epochs: float, begin: Path | None = None) -> ReadingModel:
    """The model, trained on the examples of fields, from the one in the file ``begin`` where there is one."""
    torch.manual_seed(SEED)
    torch.set_flush_denormal(True)
    random = Random(SEED)
    model = ReadingModel()
    model = (model.go_on_from(begin) if begin else model).train()
    encoder = Encoder(model)
    layers = [weights for weights in model.bert.parameters() if weights.requires_grad]
    odds = {"params": [model.scale, model.bias], "lr": RATE_OF_ODDS, "weight_decay": 0.0}
    optimiser = torch.optim.AdamW([{"params": layers, "lr": RATE}, odds], weight_decay=0.01)
    steps = round(epochs * sum(map(len, fields.values())) / BATCH)
    slowing = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARMING) * max(0.03, 1 - step / steps)
    )
    batches: list[Sequence[Example]] = []
    started, running = time.perf_counter(), 0.0
    for step in range(steps):
        batches = batches or _batches(fields, random)
        loss = batch_loss(batches.pop(), encoder, random)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        optimiser.step()
        slowing.step()
        running = 0.97 * running + 0.03 * float(loss) if step else float(loss)
        if (step + 1) % 100 == 0:
            took = time.perf_counter() - started
            console.print(f"step {step + 1} of {steps}: loss {running:.3f}, {took:.0f} s")
    return model.eval()


def _batches(fields: Mapping[str, Sequence[Example]], random: Random) -> list[Sequence[Example]]:
    """All examples, in no order, those of a field together."""
    made: list[Sequence[Example]] = []
    for examples in fields.values():
        order = random.sample(examples, len(examples))
        made += [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    random.shuffle(made)
    return made


def batch_loss(batch: Sequence[Example], encoder: Encoder, random: Random) -> torch.Tensor:
    """The loss of some examples of one field: what is encoded for one of them is shown to all whom it may concern."""
    some = [shown(example, random) for example in batch]
    texts = list(dict.fromkeys([text for each in some for text in each] + [example.told for example in batch]))
    rows = {text: row for row, text in enumerate(texts)}
    vectors = encoder.vectors(texts)
    losses = []
    for example, own in zip(batch, some, strict=True):
        pairs = zip(example.candidates, example.meant, strict=True)
        every: dict[str, bool | None] = {c.text: m for c, m in pairs if m is not True and c.text in rows}
        every.update(own)
        odds = encoder.model.odds(vectors[[rows[text] for text in every]], vectors[rows[example.told]])
        losses.append(loss_of(odds, list(every.values())))
    return torch.stack(losses).mean()


def loss_of(odds: torch.Tensor, meant: Sequence[bool | None]) -> torch.Tensor:
    """What is meant shall stand above even odds and above all that is not; what is left open does not count."""
    wanted = torch.tensor([1.0 if each is True else 0.0 for each in meant])
    known = torch.tensor([each is not None for each in meant])
    weights = torch.where(wanted > 0, WEIGHT, 1.0)
    single = torch.nn.functional.binary_cross_entropy_with_logits(odds, wanted, reduction="none")
    loss = (single * weights)[known].sum() / 8
    below, above = odds[known & (wanted == 0)], odds[wanted > 0]
    if len(above) and len(below):
        loss = loss + torch.stack([torch.logsumexp(torch.cat([one[None], below]), 0) - one for one in above]).mean()
    return loss


def measured(held: Sequence[Example]) -> list[str]:
    """How often what the written model finds likeliest is meant, by kind of gold."""
    model = open_reading_encoder()
    rows: dict[str, list[bool]] = defaultdict(list)
    for example in track(held, "measuring", console=console):
        odds = model.scores(example.told, [candidate.text for candidate in example.candidates])
        best = max(range(len(odds)), key=lambda at: odds[at])
        right = example.meant[best] is True or (example.meant[best] is None and example.ask == "not_stated")
        for name in (example.ask, "~ all", "~ later turns" if example.turn else "~ first turns"):
            rows[name].append(right)
    return [f"{name:16} {sum(row):5}/{len(row):<5} {100 * np.mean(row):.1f} %" for name, row in sorted(rows.items())]


if __name__ == "__main__":
    app()
