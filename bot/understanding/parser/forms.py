"""The form of a clause: where the hole is, or that it goes to the text."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.arguments import ClauseArguments, located
from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Clause, Form, Op
from bot.understanding.parser.predicates import Strength
from corpus.language import Cue, Language
from corpus.model import Corpus, Predicate


def _counts_members(clause: Clause) -> bool:
    """Whether a clause says of the corpus's group how many it has."""
    counted = clause.subject_quantity is not None and clause.subject_quantity.op is not Op.ALL
    return clause.grouped and counted and not (clause.subjects or clause.objects)


class FormReader:
    """Tells what a clause asks for or claims."""

    def __init__(self, corpus: Corpus, language: Language, predicates: Sequence[Predicate]) -> None:
        self.corpus, self.language, self.predicates = corpus, language, predicates

    def form(self, clause: Clause, read: ClauseArguments, strength: Strength) -> Form:
        """Where the hole is; a passage where the words leave too much unsaid or unread."""
        if self._goes_to_text(clause, read, strength) or self._defines(read.mentions):
            return Form.PASSAGE
        holds = bool(clause.objects or clause.quantity or clause.excluded or clause.rivals)
        holds |= clause.only is not None and bool(clause.kind)
        if read.counted:
            return Form.COUNT
        if read.wh is Cue.WHERE and clause.subjects and not (clause.objects or clause.quantity or clause.rivals):
            return Form.OBJECT  # "Besides Japan, where does X lead?" leaves out what is excluded
        if read.wh is Cue.WHERE and read.who:
            return Form.OVERVIEW
        counted = clause.quantity and not (clause.subjects or clause.objects or clause.spoken)
        if clause.polar and counted and not read.asked and clause.quantity and not clause.complement:
            return Form.CLAIM  # "Are there nine regions?"
        if read.wh:
            return Form.PREMISE if clause.subjects and holds else Form.PASSAGE
        if clause.extreme and (read.who or not clause.subjects or len(clause.subjects) > 1):
            return Form.EXTREME
        if clause.rivals and read.who:
            return Form.EXTREME
        if clause.polar and clause.subjects and holds and not read.asked and not clause.choice:
            return Form.CLAIM
        if read.who and not (clause.subjects and not holds and strength <= Strength.WEAK):
            return self._who_form(clause, read, strength)
        if read.overview and not clause.objects:
            return Form.OBJECT if clause.subjects else Form.OVERVIEW
        return self._open_form(clause, read, strength, holds)

    def _goes_to_text(self, clause: Clause, read: ClauseArguments, strength: Strength) -> bool:
        """Whether the clause says more than its logical form would."""
        main = clause.predicate == self.predicates[0].name
        reported = any(mention.norm in self.language.say_verbs for mention in read.mentions)
        if (
            reported
            and (not main or (strength <= Strength.WEAK and (read.refers or read.subjects)))
            and (read.asked or read.requested)
        ):
            return True  # "What did he say about …?"
        if read.structural or (read.misfit and not (main and strength is Strength.STRONG)):
            return True
        if read.aside and not (clause.objects or clause.quantity or clause.extreme or read.who):
            return True  # "X is Japanese"
        if _counts_members(clause) and not read.unread:
            return False  # "The group has three members"
        if read.requested and strength <= Strength.WEAK and not read.kinds and read.only_adjectives:
            return True  # "Answer in French, please": a language, not a place
        # Only of the main predicate is it known that whatever stands in its place must be its object.
        return read.unread and (strength <= Strength.WEAK or not main)

    def _defines(self, mentions: Sequence[Mention]) -> bool:
        """ "What is a cluster?": a kind by itself, with the article of any of its kind."""
        words = [mention for mention in mentions if mention.word and not mention.has(Cue.FILLER)]
        if len(words) != len(("what", "is", "a", "cluster")):
            return False
        asked, verb, article, kind = words
        single = article.norm in self.language.values.ones
        return asked.has(Cue.WHICH) and verb.has(Cue.AUX) and single and bool(kind.names(Role.KIND))

    def _who_form(self, clause: Clause, read: ClauseArguments, strength: Strength) -> Form:
        if clause.objects or clause.quantity or read.refers & {"there", "those"}:
            return Form.SUBJECT
        lesser = clause.predicate != self.corpus.main.name  # "Who chairs the board?" asks for whoever chairs one
        if read.which_object or read.overview or (clause.kind and not lesser):
            return Form.OVERVIEW
        if strength > Strength.WEAK or not read.unread:
            return Form.SUBJECT
        return Form.PASSAGE

    def _open_form(self, clause: Clause, read: ClauseArguments, strength: Strength, holds: bool) -> Form:
        said = strength > Strength.NONE
        if clause.choice and len(clause.subjects) > 1 and clause.objects:
            return Form.SUBJECT  # "China: X, Y or Z?"
        if read.which_object and not clause.kind and clause.subjects and self._premised(clause, read):
            return Form.PREMISE
        if read.which_object or read.requested:
            if clause.subjects or read.refers & {"pronoun", "other"}:
                asked_objects = clause.objects and not read.which_object
                return Form.CLAIM if asked_objects and not clause.kind and read.polar else Form.OBJECT
            if clause.objects and not read.which_object:
                return Form.SUBJECT
            return Form.OVERVIEW if clause.kind or (said and read.requested) else Form.PASSAGE
        if clause.subjects and (holds or (clause.extreme and clause.polar)):
            return Form.CLAIM
        if clause.subject_quantity and (holds or _counts_members(clause)):
            return Form.CLAIM
        if clause.objects and (read.refers & {"pronoun", "other"}):
            return Form.CLAIM
        if clause.objects:
            return Form.SUBJECT if said or not read.unread else Form.PASSAGE
        if (clause.subjects or clause.refers) and (said or not read.unread):
            return Form.CLAIM if read.refers & {"there", "those"} and clause.subjects else Form.OBJECT
        if clause.kind and not read.unread:
            return Form.OVERVIEW
        return Form.PASSAGE

    def _premised(self, clause: Clause, read: ClauseArguments) -> bool:
        """ "What made X the leader of Y?" takes leads(X, Y) for true; "What does X lead in Y?" does not."""
        return any(scope.known and not located(read, scope) for scope in clause.objects)
