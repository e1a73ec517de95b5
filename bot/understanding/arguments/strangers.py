"""The words of a clause of which nothing is known: names without an entry, and what is left unread."""

from __future__ import annotations

from bot.understanding.arguments.state import LIGHT, ClauseArguments, ObjectMention
from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Span, Subject
from corpus.language import Cue
from corpus.text import normalise

_CONNECTS = (*LIGHT, Cue.IN, Cue.AUX, Cue.BY, Cue.NOT)


def read_unknown(read: ClauseArguments) -> None:
    """Find what comes closest to words that are not known; what is left over is unread."""
    read.unknown = [m.text for m in read.mentions if read.content(m)]
    read.unread = any(read.content(m) for m in read.mentions[_asked_from(read) :])
    if not read.unknown:
        return
    strangers = [m for m in read.mentions if read.content(m)]
    if read.predicate.closed and read.spoken() and all(m.text[:1].isupper() and m.unknown for m in strangers):
        read.subjects += [Subject(m.text, span=Span(m.start, m.end)) for m in strangers]
        read.unread = False
        return
    if _stranger(read):
        return
    run = _argument_run(read)
    if run:
        term = _whole_term(read, run)
        surface = " ".join(m.text for m in term)
        # A name that is not known is somebody else's, however near its letters come to one that is.
        named = any(m.text[:1].isupper() for m in run) and not surface.isupper()
        kinds = frozenset(read.predicate.object_kinds)
        guessed = read.meaning and not named and term == run
        entity = read.meaning(surface, kinds) if read.meaning and guessed else None
        if entity and (read.corpus.covered(entity) or _narrower(read, entity, surface)):
            entity = None  # what comes near a general term is some other thing that it covers
        if entity:
            read.meant.append((surface, entity))
        scope = ObjectMention(read.mentions.index(term[0]), term[0], "", entity or "")
        _place_unknown(read, scope, surface)


def _narrower(read: ClauseArguments, entity: str, surface: str) -> bool:
    """Whether words that are asked about somewhere are but a part of a name ("training", "winter training")."""
    words, name = ({*normalise(text).split()} for text in (surface, entity))
    return bool(read.found or read.rivals) and bool(words & name) and not name <= words


def _whole_term(read: ClauseArguments, run: list[Mention]) -> list[Mention]:
    """Unknown words with the general term beside them: hydrogen engines are not what is said of engines."""
    first, last = read.mentions.index(run[0]), read.mentions.index(run[-1])
    for found in list(read.found):
        general = bool(found.entity and read.corpus.entities[found.entity].covers)
        if not general or found.at not in (first - 1, last + 1):
            continue
        read.found.remove(found)
        run = [found.mention, *run] if found.at < first else [*run, found.mention]
    return run


def _stranger(read: ClauseArguments) -> bool:
    """An unknown name where the subject of a claim belongs ("Does Acme lead Europe?") is a subject, too."""
    known = read.subjects or read.subject_quantity or read.who or read.asked or read.counted or read.requested
    if known or not read.found or not read.predicate.functional:
        return False
    at = next((i for i, m in enumerate(read.mentions) if read.is_predicate(m)), None)
    by = next((i for i, m in enumerate(read.mentions) if m.has(Cue.BY)), None)
    if at is None:
        return False
    run = [m for m in read.mentions[by:] if m.unknown] if by is not None else []
    if by is None and read.found[0].at > at:
        run = [m for m in read.mentions[:at] if m.unknown]
    capital = all(mention.text[:1].isupper() for mention in run)
    # "Does the same outfit lead both?" has no name in it.
    before = read.mentions[: read.mentions.index(run[0])][-1:] if run else ()
    described = any(mention.has(Cue.THE, Cue.THERE, Cue.THOSE) for mention in before)
    named = capital or (read.inverted and not described)
    if not run or len(run) < len(read.unknown) or not named or "pronoun" in read.refers:
        return False
    span = Span(run[0].start, run[-1].end)
    read.subjects.append(Subject(" ".join(mention.text for mention in run), span=span))
    read.unknown, read.unread = [], False
    return True


def _asked_from(read: ClauseArguments) -> int:
    """Where the question proper begins: "We sell vans in Texas - who leads?" only sets the scene before it."""
    asked = next((at for at, m in enumerate(read.mentions) if m.has(Cue.WHO, Cue.WHICH)), 0)
    marks = [at for at in range(asked) if not read.mentions[at].word]
    return marks[-1] if marks and read.found else 0


def _place_unknown(read: ClauseArguments, found: ObjectMention, surface: str) -> None:
    """An unread argument takes the place of the scope; places after it only narrow it."""
    kept = []
    for other in read.found:
        bracketed = other.at > 0 and read.mentions[other.at - 1].text == "("
        fronted = any(m.text == "," for m in read.mentions[other.at + 1 : other.at + 2])  # "In X, who leads …?"
        follows = (other.at > found.at and bracketed) or (
            (other.at > found.at or fronted) and read.preposition(other.at)
        )
        describes = other.mention.adjective and other.at == found.at - 1
        if other.kind in read.locating and (follows or describes):
            found.narrow(other)
        else:
            kept.append(other)
    named = Mention(surface, surface, found.mention.start, found.mention.end, ())
    read.found = [*kept, ObjectMention(found.at, named, "", found.entity, (), found.within)]


def _argument_run(read: ClauseArguments) -> list[Mention]:
    """The unread words that stand where an argument belongs: after the predicate, or alone before it."""
    for at, mention in enumerate(read.mentions):
        if read.is_predicate(mention):
            run = _run_from(read, at + 1)
            if run:
                return run
    for found in read.found:
        if found.at < _asked_from(read):
            continue
        if found.mention.adjective or read.possessive(found.at):
            run = _run_from(read, found.at + 1)
            if run and found.kind in read.locating:
                return run
    for at in (index for index, m in enumerate(read.mentions) if m.has(Cue.AND, Cue.OR)):
        if read.found and any(obj.at < at for obj in read.found):
            run = _run_from(read, at + 1)
            if run and read.spoken():
                return run
    if not read.found and not read.quantity and read.spoken():
        start = next((i for i, m in enumerate(read.mentions) if read.content(m)), None)
        if start is not None:
            return _run_from(read, start)
    return []


def _run_from(read: ClauseArguments, at: int) -> list[Mention]:
    rest = list(read.mentions[at:])
    while rest and (rest[0].has(*_CONNECTS) or rest[0].norm == "'s") and not read.content(rest[0]):
        rest = rest[1:]
    run: list[Mention] = []
    for mention in rest:
        if read.content(mention) or (run and mention.has(Cue.NEUTRAL)) or (run and mention.names(Role.KIND)):
            run.append(mention)
        elif mention.has(Cue.NEUTRAL) and not run:
            continue
        else:
            break
    return run if any(read.content(m) for m in run) else []
