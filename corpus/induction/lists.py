"""The names, things and values that a stretch of a parsed sentence begins with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy.tokens import Token

from corpus.induction.terms import WORDS, is_capital, name_of, value_of
from corpus.induction.triples import Name, Value

VERBS = ("VERB", "AUX")

Terms = list[Name | Value]


class Lists:
    """Reads lists out of the tokens of one sentence."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens

    def listed(self, tokens: Iterable[Token], whole: bool = False) -> Terms:
        """The names, things and values that a stretch begins with; ``whole``: none where anything else stands in it."""
        every = list(tokens)
        found, end = self.read(every)
        return [] if whole and every and end <= every[-1].i else found

    def read(self, tokens: Iterable[Token]) -> tuple[Terms, int]:
        """The same, and the number of the first token that does not belong to them."""
        every = list(tokens)
        found: Terms = []
        at, end = 0, every[0].i if every else len(self._tokens)
        while at < len(every):
            run, last = self.run(every, at)
            stop = every[last] if last < len(every) else None
            # "…, and Li Hanwen conducts …", "…, Kestrel Line in Finland": another clause begins here.
            narrowed = stop is not None and stop.pos_ == "ADP" and bool(found) and not _is_plain(run, every[at - 2])
            clause = narrowed or (stop is not None and _is_finite(stop))
            mixed = at > 0 and is_and(every[at - 1])  # "leads Japan and the braking systems"
            if not run or clause or not _put(run, found, mixed):
                break
            end = stop.i if stop is not None else every[-1].i + 1
            if stop is None or not joins(stop):
                break
            at = last
            while at < len(every) and joins(every[at]):
                at += 1
        if end < len(self._tokens) and self._tokens[end].dep_ == "cc" and self._tokens[end].lower_ in WORDS.either:
            return [], end  # of which of them it holds is not said
        narrows = end < len(self._tokens) and end <= every[-1].i and self._tokens[end].pos_ == "ADP" if every else False
        return (found + self._further(end, found) if narrows else found), end

    @staticmethod
    def run(every: Sequence[Token], at: int) -> tuple[list[Token], int]:
        """The words up to what joins or ends them, and where that stands."""
        run: list[Token] = []
        while at < len(every):
            token = every[at]
            before, ahead = run[-1].pos_ if run else "", every[at + 1].pos_ if at + 1 < len(every) else ""
            # "the lifts", "lost cards": no verb stands there, whatever the parser takes it for.
            held = token.pos_ == "VERB" and (before in ("DET", "ADJ") or (not run and ahead == "NOUN"))
            inside = token.lower_ == "of" or token.text in "'’"  # "Bank of England", "Citizens' Office"
            of = inside and bool(run) and is_capital(run[-1]) and names_ahead(every, at + 1)
            if not (held or of) and (joins(token) or _ends(token) or token.pos_ == "ADP"):
                break
            run.append(token)
            at += 1
        return run, at

    def _further(self, at: int, found: Terms) -> Terms:
        """Names joined behind what narrows the one before: "…, and Cedar Ward for stroke patients"."""
        if not all(isinstance(each, Name) and each.proper for each in found):
            return []
        for token in self._tokens[at + 1 :]:
            if joins(token):
                if not names_ahead(self._tokens, token.i + 1):
                    return []
                further, end = self.read(self._tokens[token.i + 1 :])
                clause = end < len(self._tokens) and _is_finite(self._tokens[end])
                return [] if clause else [each for each in further if isinstance(each, Name) and each.proper]
            if _ends(token) or is_capital(token):
                return []
        return []


def _is_plain(run: Sequence[Token], before: Token) -> bool:
    """Whether a run is a thing without an article behind a plain "and": "lost cards and complaints at the desk"."""
    return before.text != "," and not any(is_capital(token) or token.pos_ == "DET" for token in run)


def _put(run: Sequence[Token], found: Terms, mixed: bool = False) -> bool:
    """Whether a run of words is a name, a thing or a value like those before, to which it is put.

    ``mixed``: a thing may follow a name.
    """
    aside = run[0].lower_ in WORDS.articles and run[0].lower_ not in WORDS.definite  # "the maize, a post that …"
    one = None if found and aside and not mixed else value_of(run) or name_of(run)
    if one is None or (found and type(one) is not type(found[0])):
        return False
    first = found[0] if found else one
    if isinstance(one, Name) and isinstance(first, Name) and first.proper != one.proper and not mixed:
        return False
    found.append(one)
    return True


def is_and(token: Token) -> bool:
    """Whether a word adds one to the other: "and"."""
    return token.dep_ == "cc" and token.text != "&" and token.lower_ not in WORDS.parting


def joins(token: Token) -> bool:
    """Whether a token stands between the members of a list."""
    return token.text == "," or is_and(token)


def names_ahead(every: Sequence[Token], at: int) -> bool:
    """Whether a name begins there, behind an article or without one."""
    ahead = [token for token in every[at : at + 2] if token.pos_ != "DET"]
    return bool(ahead) and is_capital(ahead[0])


def _is_finite(token: Token) -> bool:
    return token.tag_ in ("VBZ", "VBP", "VBD", "MD") and not is_capital(token)


def _ends(token: Token) -> bool:
    """Whether a word ends a list of names: a verb, a clause, a bracket, a stop."""
    if token.pos_ == "PUNCT" and token.text not in (",", "-"):
        return True
    verb = token.pos_ in (*VERBS, "SCONJ") and token.dep_ not in ("amod", "compound")
    asks = token.tag_ in ("WDT", "WP", "WRB", "WP$")
    return asks or (verb and not is_capital(token)) or token.lower_ in WORDS.parting
