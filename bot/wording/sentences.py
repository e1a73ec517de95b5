"""Puts statements into words, by the templates of a language file."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from babel.dates import format_date, format_skeleton

from bot.reasoning.evidence import Say, Statement
from bot.schema.answer import Step
from corpus.language import Cue, Language, Named
from corpus.model import Corpus, Fact, Predicate, Quote

FEWEST_ROWS = 2
ROW_END = " |"
# What of a template is said only where the corpus has examples of questions.
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_RESTATED = (Say.HOLDS, Say.LIST)
_PLAIN: Callable[[Named], str] = attrgetter("plain")
_SUBJECT: Callable[[Named], str] = attrgetter("subject")
_INSIDE: Callable[[Named], str] = attrgetter("inside")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of an answer with what it rests on.

    ``claim``: it must pass the checker; ``restates``: it says what its facts say, in their own names and labels.
    ``row``: how it is shown in a table, ``shown``: how else it is shown; what is checked is the sentence.
    """

    text: str
    facts: tuple[Fact, ...] = ()
    quotes: tuple[Quote, ...] = ()
    steps: tuple[Step, ...] = ()
    claim: bool = True
    restates: bool = False
    row: str = ""
    shown: str = ""

    @property
    def said(self) -> str:
        """What the user sees of it before the marks of its sources."""
        return self.row.removesuffix(ROW_END) or self.shown or self.text

    @property
    def verbatim(self) -> bool:
        """Whether it is the source's own sentence."""
        return bool(self.quotes) and not self.facts

    @classmethod
    def of(cls, quote: Quote, shown: str = "") -> Line:
        """A sentence of the source, its line breaks aside; ``shown`` is how a row of a table reads."""
        return cls(" ".join(quote.text.split()), quotes=(quote,), shown=shown)

    @property
    def sources(self) -> tuple[Quote, ...]:
        """The quotes to cite, each once, in order."""
        return tuple(dict.fromkeys((*(fact.quote for fact in self.facts), *self.quotes)))


class Wording:
    """Renders statements in one language; ``called`` maps canonical names to what that language calls them."""

    def __init__(self, corpus: Corpus, language: Language, called: Mapping[str, Named] | None = None) -> None:
        self.corpus, self.language = corpus, language
        self.called = called or {}

    def line(self, statement: Statement) -> Line:
        """One sentence; its subject and verb agree in number."""
        restates = statement.say in _RESTATED and statement.claim
        return Line(self.render(statement), statement.facts, (), statement.steps, statement.claim, restates)

    def table(self, statements: Sequence[Statement]) -> list[Line] | None:
        """Facts as the rows of a table, a column for the subject and one for what it is said to do.

        None where there are fewer than two rows, or the facts are of several predicates.
        """
        told = [each for each in statements if each.claim]
        predicates = {(each.names.get("predicate") or (self.corpus.main.name,))[0] for each in told}
        if len(told) < FEWEST_ROWS or len(predicates) > 1 or any(each.say not in _RESTATED for each in told):
            return None
        predicate = predicates.pop()
        kinds = [self._kinds(kind, "1", predicate) for kind in self._predicate(predicate).subject_kinds]
        head = _row(" / ".join(kinds), self._verb(predicate, "one")) + "\n" + _row("---", "---")
        first = statements.index(told[0])
        lines = [*map(self.line, statements[:first]), Line(head, claim=False, row=head)]
        for each in told:
            objects = each.names.get("objects") or each.names.get("object", ())
            cells = self._list(each.names.get("subject", ()), _SUBJECT), ", ".join(self._listed(objects, _PLAIN))
            lines.append(replace(self.line(each), row=_row(*cells)))
        return [*lines, *(self.line(each) for each in statements[first:] if not each.claim)]

    def render(self, statement: Statement) -> str:
        """The statement's template, filled."""
        names = statement.names
        subjects = names.get("subjects") or names.get("subject", ())
        many = len(subjects) != 1
        predicate = (names.get("predicate") or (self.corpus.main.name,))[0]
        # In a tie the number is that of each, and the things are those of all.
        number = "" if statement.say is Say.TIE else names.get("number", ("",))[0]
        kinds = self._kinds(names.get("kind", ("",))[0], number, predicate)
        say = self.language.say
        # "What does Ada be the head of?" is no English: verbs that begin with an auxiliary have templates of their own.
        own = f"{statement.say}_be" if self.language.begins_with_auxiliary(self._verb(predicate, "base")) else ""
        template = say.get(own, say[statement.say])
        text = _OPTIONAL.sub(r"\1" if self.corpus.examples else "", template).format(
            subject=self._list(subjects, _SUBJECT),
            subjects=self._list(subjects, _SUBJECT),
            object=self._list(names.get("object", ())),
            objects=self._list(names.get("objects", ())),
            scope=self._list(names.get("scope", ())),
            scopes=self._list(names.get("scopes", ())),
            in_scope=self._list(names.get("scope", ()), _INSIDE),
            in_scopes=self._list(names.get("scopes", ()), _INSIDE),
            step=self._list([self._within(step, names.get("scope", ())) for step in names.get("step", ())]),
            number=self._list(names.get("number", ())),
            kinds=kinds,
            verb=self._verb(predicate, "many" if many else "one"),
            verb_one=self._verb(predicate, "one"),
            verb_base=self._verb(predicate, "base"),
            follow=self._follow(predicate, "many" if many else "one"),
            follow_one=self._follow(predicate, "one"),
            follow_base=self._follow(predicate, "base"),
            quote=self._list(names.get("quote", ())),
            date=self._list([self._date(date) for date in names.get("date", ())]),
            title=self.corpus.title,
            examples=" ".join(self.corpus.examples[:3]),
            unknown=self._list([f"“{word}”" for word in names.get("unknown", ())]),
        )
        return text[:1].upper() + text[1:] if text[:2].islower() else text

    def say(self, says: Say, **names: Sequence[str]) -> str:
        """A template with these names."""
        return self.render(Statement(says, {key: tuple(value) for key, value in names.items()}))

    def _verb(self, predicate: str, number: str) -> str:
        """The predicate's verb in this language: the language file's, else the corpus's own."""
        common = self.language.predicates.get(predicate)
        if common and common.verb:
            return common.verb[number]
        own = self._predicate(predicate)
        return {"one": own.singular, "many": own.plural, "base": own.base}[number]

    def _predicate(self, name: str) -> Predicate:
        return self.corpus.predicates.get(name, self.corpus.main)

    def _follow(self, predicate: str, number: str) -> str:
        common = self.language.predicates.get(predicate)
        if common and common.follow:
            return common.follow[number]
        return self._predicate(predicate).complement

    def _kinds(self, kind: str, number: str, predicate: str) -> str:
        if kind in self.corpus.kinds:
            foreign = self.language.code != self.corpus.language
            own = self.language.kinds.get(kind, (kind,)) if foreign else (kind,)
            return own[0] if number == "1" else self.corpus.kinds[kind].plural
        kinds = self._predicate(predicate).object_kinds
        return self._list([self.corpus.kinds[name].plural for name in kinds if name in self.corpus.kinds])

    def _date(self, date: str) -> str:
        """An ISO date as this language writes it, as far as it is given: "2019-06" is June 2019."""
        if len(date) < len("2019-06"):
            return date
        day, code = datetime.date.fromisoformat(f"{date}-01"[:10]), self.language.code
        if len(date) == len("2019-06"):
            return format_skeleton("yMMMM", day, locale=code)
        return format_date(day, "long", locale=code)

    def _within(self, step: str, scopes: Sequence[str]) -> str:
        """A step as a clause of a sentence: an article that begins it is written small, "New" of "New York" is not."""
        first, space, rest = step.partition(" ")
        named = any(step.startswith(name) for name in scopes)
        return step if named or first.lower() not in self.language.cues[Cue.THE] else f"{first.lower()}{space}{rest}"

    def _listed(self, names: Sequence[str], form: Callable[[Named], str]) -> list[str]:
        return [form(self.called[name]) if name in self.called else name for name in names]

    def _list(self, names: Sequence[str], form: Callable[[Named], str] = _PLAIN) -> str:
        names = self._listed(names, form)
        if len(names) < 2:
            return "".join(names)
        first = self.language.say["list_comma"].join(names[:-1])
        return self.language.say["list_and"].format(first=first, last=names[-1])


def _row(*cells: str) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + ROW_END
