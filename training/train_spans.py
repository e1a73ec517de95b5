"""``python -m training.train_spans``: trains the model that finds in a sentence what a message asks for.

It begins as the lower layers of the verifier, and learns what was asked for from the fields but for those in HELD_OUT
(``training.spans``) and, where the path is given, from SQuAD 1.1's training questions (CC BY-SA 4.0). What is written
has weights of eight bits.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from rich.progress import track
from tokenizers import Encoding, Tokenizer
from transformers import BertConfig, BertModel

from benchmarks.answer_model import tensors, weights_of, write
from benchmarks.twisted import read_articles
from corpus.text import sentences
from index.reranker import TOKENIZER_FILE, VERIFIER, packaged_folder
from index.span_reader import LONGEST, SPANS
from training.examples import FIELDS
from training.spans import SpanPair, pairs_of
from training.train import HELD_OUT, made_of

MINUTES, RATE, RATE_OF_HEAD, WARMING, SEED = 40.0, 1e-4, 1e-3, 60, 5
BATCH, LAYERS, FROZEN = 32, 8, 2
EMPTY = 0.45
"""The share of the pairs without an answer that is shown each time."""
FROM_SQUAD, PARAGRAPHS, QUESTIONS, BESIDE = 12_000, 14, 2, 0.35
"""So many pairs of SQuAD, of so many paragraphs of an article, of so many questions of each; how often a sentence that
does not answer stands beside one that does."""
SQUAD_SHARE = 0.4
"""What share of a batch is SQuAD's at the beginning; it falls to a quarter of that."""
ANSWERS = 2.0
"""What weighs whether a sentence answers, beside which of its word pieces do."""
SORTED = 40

console = Console(stderr=True)


class SpanModel(torch.nn.Module):
    """Pairs in, three log odds for each word piece out.

    The first are that it is asked for. At the first piece, the second are that the sentence has what is asked for, the
    third that the message is one to which yes or no is said.
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.classifier = torch.nn.Linear(config.hidden_size, 3)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """(pairs, pieces) ids, mask and types to (pairs, pieces, 3) log odds."""
        hidden = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        found: torch.Tensor = self.classifier(hidden)
        return found


def lower_layers(path: Path, attention: str = "sdpa") -> SpanModel:
    """The lower layers of a cross-encoder in a file, with a head that has learnt nothing."""
    config = BertConfig(hidden_size=384, num_hidden_layers=LAYERS, num_attention_heads=12, intermediate_size=1536)
    config._attn_implementation = attention
    model, weights = SpanModel(config), weights_of(path)
    model.bert.load_state_dict({name: torch.tensor(weights[f"bert.{name}"]) for name in model.bert.state_dict()})
    return model


def squad_pairs(path: Path, random: Random, most: int = FROM_SQUAD) -> list[SpanPair]:
    """Questions with the sentence that answers, and some with another one. Raises PassageSetError."""
    made: list[SpanPair] = []
    for article in read_articles(path):
        for paragraph in random.sample(article["paragraphs"], min(PARAGRAPHS, len(article["paragraphs"]))):
            said = [(start, paragraph["context"][start:end]) for start, end in sentences(paragraph["context"])]
            for asked in random.sample(paragraph["qas"], min(QUESTIONS, len(paragraph["qas"]))):
                made += _squad_pairs(asked["question"].strip(), asked["answers"][0], said, random)
    return random.sample(made, min(most, len(made)))


def _squad_pairs(question: str, answer: Any, said: Sequence[tuple[int, str]], random: Random) -> Iterator[SpanPair]:
    start, text = answer["answer_start"], answer["text"]
    for at, sentence in said:
        if at <= start and start + len(text) <= at + len(sentence):
            yield SpanPair(question, sentence, ((start - at, start - at + len(text)),), polar=False)
            others = [other for place, other in said if place != at and text not in other]
            if others and random.random() < BESIDE:
                yield SpanPair(question, random.choice(others), (), polar=False)


def labels_of(pair: Encoding, shown: SpanPair) -> list[float]:
    """For each word piece whether it is asked for; minus one is not looked at."""
    labels = [-1.0] * len(pair.ids)
    for at, (kind, (start, end)) in enumerate(zip(pair.type_ids, pair.offsets, strict=True)):
        if kind == 1 and end > start:
            labels[at] = float(any(first <= start and end <= last for first, last in shown.spans))
    return labels


def train(
    fields: Sequence[SpanPair], squad: Sequence[SpanPair], minutes: float, begin: Path, threads: int
) -> SpanModel:
    """The model after so many minutes, from the lower layers of the one in the file ``begin``."""
    torch.manual_seed(SEED)
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    random = Random(SEED)
    tokenizer = span_tokenizer()
    model = lower_layers(begin).train()
    for part in (model.bert.embeddings, *model.bert.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    learning = [weights for weights in model.bert.parameters() if weights.requires_grad]
    head = {"params": list(model.classifier.parameters()), "lr": RATE_OF_HEAD}
    optimiser = torch.optim.AdamW([{"params": learning, "lr": RATE}, head], weight_decay=0.01)
    rates = [each["lr"] for each in optimiser.param_groups]
    one, two = _shuffled(fields, random), _shuffled(squad, random)
    started, running, step = time.perf_counter(), 0.0, 0
    while (done := (time.perf_counter() - started) / (60 * minutes)) < 1:
        share = SQUAD_SHARE * (1 - 0.75 * done) if squad else 0.0
        pool = [next(two) if random.random() < share else next(one) for _ in range(BATCH * SORTED)]
        pool.sort(key=lambda pair: len(pair.told) + len(pair.sentence))
        batches = [pool[at : at + BATCH] for at in range(0, len(pool), BATCH)]
        for batch in random.sample(batches, len(batches)):
            done = (time.perf_counter() - started) / (60 * minutes)
            for each, rate in zip(optimiser.param_groups, rates, strict=True):
                each["lr"] = rate * min(1.0, (step + 1) / WARMING) * max(0.02, 1 - done)
            loss = loss_of(model, [(tokenizer.encode(pair.told, pair.sentence), pair) for pair in batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(learning, 1.0)
            optimiser.step()
            step += 1
            told = loss.item()
            running = 0.98 * running + 0.02 * told if step > 1 else told
            if step % 25 == 0:
                console.print(f"step {step}: loss {running:.3f}, {100 * done:.0f} %")
            if done >= 1:
                break
    return model.eval()


def loss_of(model: SpanModel, pairs: Sequence[tuple[Encoding, SpanPair]]) -> torch.Tensor:
    """Which word pieces are asked for, whether any is, and whether yes or no is."""
    odds = model(**tensors([pair for pair, _ in pairs]))
    rows = [labels_of(pair, shown) for pair, shown in pairs]
    tagged = _loss(odds[..., 0], [[*row, *[-1.0] * (odds.shape[1] - len(row))] for row in rows])
    answers = _loss(odds[:, :1, 1], [[float(1.0 in row)] for row in rows])
    polar = _loss(odds[:, :1, 2], [[-1.0 if shown.polar is None else float(shown.polar)] for _, shown in pairs])
    return tagged.mean() / 2 + ANSWERS * answers.mean() + polar.mean()


def _loss(odds: torch.Tensor, labels: Sequence[Sequence[float]]) -> torch.Tensor:
    """By pairs, what is not looked at left out; that of a long sentence grows less than its length."""
    wanted = torch.tensor(labels)
    each = torch.nn.functional.binary_cross_entropy_with_logits(odds, wanted.clamp(min=0), reduction="none")
    known = (wanted >= 0).float()
    loss: torch.Tensor = (each * known).sum(1) / known.sum(1).clamp(min=1).sqrt()
    return loss


def span_tokenizer() -> Tokenizer:
    """The tokenizer of the cross-encoders, cut where the span reader cuts."""
    tokenizer = Tokenizer.from_file(str(packaged_folder() / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def _shuffled(pairs: Sequence[SpanPair], random: Random) -> Iterator[SpanPair]:
    """Endless, those without an answer less often."""
    while pairs:
        yield from (p for p in random.sample(pairs, len(pairs)) if p.spans or random.random() < EMPTY)


def pairs_in(name: str, cache: Path | None) -> list[SpanPair]:
    """The pairs of a field."""
    return made_of(name, cache, f"spans-{name}", lambda field: list(pairs_of(field, Random(SEED))))


def main(
    squad: Annotated[Path | None, typer.Option(help="SQuAD 1.1's training questions, a JSON file.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps the pairs for the next run.")] = None,
    minutes: Annotated[float, typer.Option(help="How long to learn.")] = MINUTES,
    threads: Annotated[int, typer.Option(help="Cores to learn on.")] = 2,
    out: Annotated[Path, typer.Option(help="The ONNX file to write.")] = SPANS,
) -> None:
    """Train the span reader."""
    names = [path.name for path in sorted(FIELDS.iterdir()) if path.is_dir() and path.name not in HELD_OUT]
    fields = [pair for name in track(names, "pairs", console=console) for pair in pairs_in(name, cache)]
    asked = squad_pairs(squad, Random(SEED)) if squad else []
    console.print(f"{len(fields)} pairs of fields, {len(asked)} of SQuAD")
    trained = train(fields, asked, minutes, VERIFIER, threads)
    model = lower_layers(VERIFIER, "eager")  # the attention that is written out operation by operation
    model.load_state_dict(trained.state_dict())
    write(model.eval(), out)


if __name__ == "__main__":
    typer.run(main)
