"""Makes a message stand on its own: what it leaves out comes from the turns before.

"Who leads Europe?"  "And Japan?"                     Who leads Japan?
"Who leads Japan?"   "Does it also lead Europe?"      Does Bolt lead Europe?
"What does X lead?"  "And Y?"  "and the third?"       What does Z lead?
"Who leads Austria?" "I meant Australia"              Who leads Australia?
"Who leads Iberia?" "Are you sure? It is Bolt."    Who leads Iberia?   (asked again, answered the same)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.understanding.logical_form import Act, Clause, Form, Message, Scope, Sentence, Subject
from corpus.language import Talk
from corpus.model import Corpus
from corpus.text import longer_stems

TELLING = 5
"""Words as long as this tell what a question is about."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation is about: the last clauses asked, whom they were answered with, all named so far."""

    clauses: tuple[Clause, ...] = ()
    subjects: tuple[str, ...] = ()
    objects: tuple[Scope, ...] = ()
    named: tuple[str, ...] = ()
    text: str = ""
    asked: tuple[Clause, ...] = ()

    @property
    def last(self) -> Clause | None:
        """The clause that an ellipsis builds on."""
        return self.clauses[-1] if self.clauses else None

    def after(self, clauses: Sequence[Clause], answered: Sequence[str] = ()) -> Context:
        """The context once ``clauses`` were asked and ``answered`` named the subjects."""
        kept = tuple(clause for clause in clauses if clause.form is not Form.PASSAGE)
        text = " ".join(clause.text for clause in clauses if clause.form is Form.PASSAGE)
        if not kept:
            return replace(self, text=text, asked=tuple(clauses))
        subjects = tuple(s.name for clause in kept for s in clause.subjects if not s.negated)
        objects = tuple(scope for clause in kept for scope in clause.objects)
        about = tuple(answered) or subjects
        named = tuple(dict.fromkeys((*self.named, *subjects, *answered)))
        return Context(kept, about or self.subjects, objects or self.objects, named, text, tuple(clauses))


@dataclass(frozen=True, slots=True)
class Resolved:
    """A message that stands on its own. ``changed``: something was filled in; ``pressed``: it only casts doubt."""

    clauses: tuple[Clause, ...]
    talk: Talk | None = None
    instruction: bool = False
    changed: bool = False
    pressed: bool = False


class Resolver:
    """Fills what messages leave out. Pure: message and context in, resolved message out."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    def resolve(self, message: Message, context: Context) -> Resolved:
        """The clauses to answer, complete as far as the context allows."""
        said = [s for s in message.sentences if s.act in (Act.QUESTION, Act.STATEMENT) and s.clauses]
        if context.asked and self._presses(message) and self._same_matter(said, context):
            return Resolved(context.asked, pressed=True, changed=True)
        if context.last and any(s.correction for s in said) and (mended := self._corrected(said, context)):
            return Resolved((mended,), changed=True)
        questions = [s for s in said if s.act is Act.QUESTION]
        asked = questions or [s for s in said if self._says_something(s)]
        if not asked:
            return self._nothing_asked(message, said)
        return self._fill_all(said, asked, context)

    def _nothing_asked(self, message: Message, said: Sequence[Sentence]) -> Resolved:
        talk = next((s.talk for s in reversed(message.sentences) if s.talk), None)
        instruction = any(s.act is Act.INSTRUCTION for s in message.sentences)
        if talk and not instruction and not any(clause.unknown for s in said for clause in s.clauses):
            return Resolved((), talk=talk)
        if instruction:
            return Resolved((), instruction=True)
        return Resolved(tuple(clause for s in said for clause in s.clauses))

    @staticmethod
    def _says_something(sentence: Sentence) -> bool:
        clauses = sentence.clauses
        return any(c.form is not Form.PASSAGE or c.unknown or c.subjects or c.objects or c.complement for c in clauses)

    def _fill_all(self, said: Sequence[Sentence], asked: Sequence[Sentence], context: Context) -> Resolved:
        filled: list[Clause] = []
        changed = False
        running = context
        for sentence in said:
            for clause in sentence.clauses:
                supposed = clause.hypothetical and clause.form is Form.CLAIM and len(sentence.clauses) > 1
                if sentence not in asked or supposed:
                    running = self._set_scene(clause, running)
                    continue
                ahead = any(c.form is Form.SUBJECT and c.objects for c in sentence.clauses)
                if (filled or ahead) and clause.bare and clause.choice and clause.subjects and not clause.objects:
                    continue  # "Who leads Nigeria? Acme or Bolt?" offers alternatives, it asks nothing more
                whole = self.fill(clause, running, sentence.follow_up or bool(filled))
                changed |= whole != clause and bool(context.clauses)
                filled.append(whole)
                running = running.after([whole]) if whole.objects or whole.subjects else self._unread(whole, running)
        return Resolved(tuple(filled), changed=changed)

    def _set_scene(self, clause: Clause, context: Context) -> Context:
        """What a statement before the question brings up ("We have offices in X. Who leads there?")."""
        if clause.objects or clause.subjects:
            subjects = tuple(s.name for s in clause.subjects) or context.subjects
            return replace(context.after([clause]), objects=clause.objects or context.objects, subjects=subjects)
        return self._unread(clause, context)

    @staticmethod
    def _unread(clause: Clause, context: Context) -> Context:
        """Unknown words may be what the next sentence's "them" means."""
        if clause.unknown and clause.bare:
            return replace(context, objects=(Scope(" ".join(clause.unknown)),))
        return context

    # Pressure and corrections

    @staticmethod
    def _presses(message: Message) -> bool:
        """Doubt in so many words, or a bare assertion where an answer was just given."""
        if any(sentence.pressure and not sentence.talk for sentence in message.sentences):
            return True
        plain = all(s.act is Act.STATEMENT and not s.correction and not s.follow_up for s in message.sentences)
        full = any(not clause.bare or clause.unknown for s in message.sentences for clause in s.clauses)
        return plain and full

    def _same_matter(self, said: Sequence[Sentence], context: Context) -> bool:
        known = {(scope.entity, scope.places) for scope in context.objects}
        clauses = [clause for s in said for clause in s.clauses]
        objects = [scope for c in clauses for scope in c.objects if scope.known and not self._rivals(c, scope, context)]
        fresh = any(
            s.act is Act.QUESTION
            and not s.pressure
            and c.form in (Form.SUBJECT, Form.OBJECT)
            and not c.bare
            and (c.objects or c.subjects)
            for s in said
            for c in s.clauses
        )
        return all((scope.entity, scope.places) in known for scope in objects) and not fresh

    def _rivals(self, clause: Clause, scope: Scope, context: Context) -> bool:
        """ "It's Acme": without a verb of its own, Acme may be whom the question asked for."""
        asked = self.corpus.predicates[context.last.predicate].subject_kinds if context.last else ()
        return clause.implied and bool(scope.entity) and self.corpus.entities[scope.entity].kind in asked

    def _corrected(self, said: Sequence[Sentence], context: Context) -> Clause | None:
        last = context.last
        clauses = [self._sided(clause, last) if last else clause for s in said for clause in s.clauses]
        objects = tuple(scope for c in clauses for scope in c.objects if scope.known and not scope.negated)
        subjects = tuple(s for c in clauses for s in c.subjects if not s.negated)
        complete = any(c.spoken and (c.objects or c.subjects) for c in clauses)
        if last is None or complete or not (objects or subjects):
            return None
        return replace(last, objects=objects or last.objects, subjects=subjects or last.subjects)

    # Ellipses and pronouns

    def fill(self, clause: Clause, context: Context, follows: bool) -> Clause:
        """Complete one clause."""
        last = context.last
        if last and (counted := self._recounted(clause, last, context)):
            return counted
        if clause.form is Form.PASSAGE and clause.complement and context.objects and not clause.unknown:
            return replace(clause, form=Form.SUBJECT, objects=context.objects, subjects=())  # "and the followers?"
        if clause.form is Form.PASSAGE:
            whole = self._unknown_fragment(clause, context) if follows else clause
            if whole is clause and (about := self._about(clause, context, follows)):
                return replace(clause, text=f"{clause.text} {about}")
            named = clause.unknown or clause.subjects or clause.objects or clause.topical or clause.grouped
            if whole is clause and context.text and not named:
                return replace(clause, text=f"{context.text} {clause.text}")  # "By when?" asks on
            bare = clause.asks and not (clause.unknown or clause.subjects or clause.topical)
            if whole is clause and last and bare:
                named = last.subjects or tuple(Subject(name) for name in context.subjects)
                return replace(last, form=Form.PREMISE, subjects=named)  # "Why?"
            return whole
        if last and clause.bare and not clause.refers & {"other", "those"} and self._fragment(clause):
            clause = self._elliptical(self._sided(clause, last), last, context, follows)
        only_named = clause.form is Form.OBJECT and clause.polar and not clause.spoken and not clause.kind
        if last and last.objects and only_named and last.form in (Form.SUBJECT, Form.CLAIM):
            clause = replace(clause, form=Form.CLAIM, objects=last.objects, predicate=last.predicate)  # "Is it X?"
        if last and follows and clause.form is Form.OVERVIEW and clause.kind and last.form in (Form.OBJECT, Form.COUNT):
            clause = replace(clause, form=last.form, subjects=last.subjects)  # "And which technologies?"
        clause = self._references(self._regapped(self._among(clause, last, context), last), context)
        if clause.form is Form.OVERVIEW and not clause.kind and clause.refers & {"there"} and context.objects:
            clause = replace(clause, form=Form.SUBJECT)
        if clause.quantity and not clause.quantity.kind and last and last.quantity:
            clause = replace(clause, quantity=replace(clause.quantity, kind=last.quantity.kind))
        asks_again = clause.form is Form.SUBJECT and not clause.objects and not clause.quantity
        if asks_again and context.objects and (not clause.kind or clause.complement):
            subjects = clause.subjects if clause.complement else ()
            predicate = self._shared(clause, last)
            clause = replace(clause, objects=context.objects, subjects=subjects, predicate=predicate)
        elif asks_again and not clause.spoken and not clause.kind:
            return replace(clause, form=Form.PASSAGE)  # "Who oversees it all?" names nothing that facts could answer
        return clause

    def _sided(self, clause: Clause, last: Clause) -> Clause:
        """ "And Acme?": what a fragment names stands on the side on which the question before had one of its kind."""
        named = [*(subject.name for subject in clause.subjects), *(scope.entity for scope in clause.objects)]
        kind = self.corpus.entities[named[0]].kind if len(named) == 1 and named[0] else ""
        predicate = self.corpus.predicates[last.predicate]
        is_subject, is_object = kind in predicate.subject_kinds, kind in predicate.object_kinds
        if clause.objects and is_subject and last.subjects and last.form in (Form.OBJECT, Form.COUNT):
            return replace(clause, subjects=(Subject(named[0]),), objects=())
        if clause.subjects and is_object and not is_subject:
            return replace(clause, subjects=(), objects=(Scope(named[0], named[0]),))
        return clause

    def _recounted(self, clause: Clause, last: Clause, context: Context) -> Clause | None:
        """ "How many is that?", "Which ones?": the things asked for before, counted or told."""
        named = clause.kind or clause.subjects or clause.objects or clause.unknown or clause.spoken or clause.quantity
        if named or last.form not in (Form.OBJECT, Form.OVERVIEW, Form.COUNT, Form.EXTREME, Form.SUBJECT):
            return None
        subjects = last.subjects or tuple(Subject(name) for name in context.subjects)
        asked = replace(last, text=clause.text, start=clause.start, end=clause.end, extreme=False, fewest=False)
        if clause.form is Form.COUNT and last.form is Form.SUBJECT:
            members = self.corpus.predicates[last.predicate].subject_kinds
            return replace(asked, form=Form.COUNT, kind=members[0])
        if clause.form is Form.COUNT:
            return replace(asked, form=Form.COUNT, subjects=() if last.form is Form.OVERVIEW else subjects)
        told = clause.form is Form.SUBJECT and last.form in (Form.COUNT, Form.EXTREME) and not clause.refers
        return replace(asked, form=Form.OBJECT, subjects=subjects) if told and subjects else None

    def _about(self, clause: Clause, context: Context, follows: bool) -> str:
        """What a question about the text leaves to the turn before: whom "he" means, what "that estimate" is."""
        if "pronoun" in clause.refers and context.subjects:
            return " ".join(context.subjects)
        if follows and context.objects and clause.unknown and not clause.objects:
            return " ".join(scope.entity or scope.surface for scope in context.objects)  # "And what came of it?"
        words = self._stems(clause.text)
        return context.text if context.text and not clause.subjects and words & self._stems(context.text) else ""

    def _stems(self, text: str) -> set[str]:
        """The stems of a text's longer words."""
        return longer_stems(text, self.corpus.language, TELLING)

    @staticmethod
    def _among(clause: Clause, last: Clause | None, context: Context) -> Clause:
        """ "Which of them are Bolt's?", "Which of those is in Asia?": of the things that were asked for before."""
        lists = (Form.OBJECT, Form.OVERVIEW, Form.COUNT, Form.EXTREME)
        listed = last is not None and (last.form in lists or (last.form is Form.SUBJECT and not last.objects))
        if last is None or not listed or clause.kind:
            return clause
        taken_up = clause.refers & {"those", "there"} or ("pronoun" in clause.refers and not clause.spoken)
        if clause.form is Form.OBJECT and taken_up and last.kind:
            return replace(clause, kind=last.kind)
        subjects = last.subjects or tuple(Subject(name) for name in context.subjects)
        if (
            clause.form is Form.SUBJECT
            and "those" in clause.refers
            and clause.objects
            and not clause.spoken
            and subjects
        ):
            return replace(clause, form=Form.OBJECT, kind=last.kind, subjects=subjects, predicate=last.predicate)
        return clause

    def _regapped(self, clause: Clause, last: Clause | None) -> Clause:
        """ "Acme leads the vans in cities and Bolt in the country": what only narrows needs the object before."""
        objects = self.corpus.predicates[clause.predicate].object_kinds
        kinds = [self.corpus.entities[scope.entity].kind for scope in clause.objects if scope.entity]
        if last is None or not last.objects or not kinds or set(kinds) & set(objects):
            return clause
        within = tuple((kind, scope.entity) for kind, scope in zip(kinds, clause.objects, strict=False))
        narrowed = tuple(replace(scope, within=within, span=clause.objects[0].span) for scope in last.objects)
        return replace(clause, objects=narrowed, predicate=last.predicate)

    @staticmethod
    def _shared(clause: Clause, last: Clause | None) -> str:
        return clause.predicate if clause.spoken or last is None else last.predicate

    def _takes(self, predicate: str, clause: Clause) -> bool:
        """Whether what a fragment names can stand with this predicate."""
        kinds = {*self.corpus.predicates[predicate].subject_kinds, *self.corpus.predicates[predicate].object_kinds}
        names = [*(s.name for s in clause.subjects), *(o.entity for o in clause.objects if o.entity)]
        return all(self.corpus.entities[name].kind in kinds for name in names) and not any(
            scope.places and not any(self.corpus.kinds[k].place for k in kinds if k in self.corpus.kinds)
            for scope in clause.objects
        )

    @staticmethod
    def _fragment(clause: Clause) -> bool:
        return bool(clause.objects) + bool(clause.subjects) + bool(clause.kind) == 1 and not clause.quantity

    def _unknown_fragment(self, clause: Clause, context: Context) -> Clause:
        """ "and the harbour?" after "Who leads X?" asks who leads those."""
        last = context.last
        if last is None or not clause.bare or not clause.unknown or last.form not in (Form.SUBJECT, Form.CLAIM):
            return clause
        if clause.subjects or clause.objects:
            return clause
        return replace(
            last,
            objects=(Scope(" ".join(clause.unknown)),),
            subjects=last.subjects,
            unknown=clause.unknown,
            text=clause.text,
        )

    def _elliptical(self, clause: Clause, last: Clause, context: Context, follows: bool) -> Clause:
        if clause.predicate != last.predicate and not self._takes(last.predicate, clause):
            return clause
        if clause.subjects and last.form is Form.SUBJECT and last.objects and not follows:
            # "Not Bolt?" asks whether it is.
            return replace(clause, form=Form.CLAIM, objects=last.objects, predicate=last.predicate, negated=False)
        if clause.objects:
            return self._other_objects(clause, last)
        if clause.subjects:
            return self._other_subjects(clause, last)
        subjects = last.subjects or tuple(Subject(name) for name in context.subjects)
        if last.form is Form.OVERVIEW or not subjects:
            return replace(clause, form=Form.OVERVIEW, subjects=(), predicate=last.predicate, spoken=True)
        return replace(clause, form=Form.OBJECT, subjects=subjects, predicate=last.predicate, spoken=True)

    @staticmethod
    def _other_objects(clause: Clause, last: Clause) -> Clause:
        """ "And Japan?": the last question, asked of other objects."""
        claim = last.form is Form.CLAIM
        return replace(
            _placed(last, clause),
            form=Form.CLAIM if claim else Form.SUBJECT,
            subjects=last.subjects if claim else (),
            objects=clause.objects,
            joint=clause.joint,
            kind="",
        )

    @staticmethod
    def _other_subjects(clause: Clause, last: Clause) -> Clause:
        """ "And Acme?": the last question, asked of other subjects."""
        form = last.form if last.form in (Form.CLAIM, Form.COUNT) else Form.OBJECT
        return replace(
            _placed(last, clause),
            form=form,
            subjects=clause.subjects,
            objects=last.objects if form is Form.CLAIM else (),
            kind=last.kind if last.form in (Form.OBJECT, Form.COUNT) else "",
            joint=False,
            spoken=True,
        )

    def _references(self, clause: Clause, context: Context) -> Clause:
        if "other" in clause.refers and not clause.subjects:
            clause = self._others(clause, context)
        if "those" in clause.refers and clause.kind and not clause.subjects and context.last:
            last = context.last
            return replace(
                last,
                kind=clause.kind,
                form=last.form if last.form is Form.OVERVIEW else Form.OBJECT,
                text=clause.text,
                start=clause.start,
                end=clause.end,
                subjects=last.subjects or tuple(Subject(name) for name in context.subjects),
            )
        if clause.complement and clause.subjects and not clause.objects and context.objects:
            clause = replace(clause, objects=context.objects, form=Form.CLAIM if clause.polar else clause.form)
        nobody = not clause.subjects and not clause.subject_quantity
        meant = "pronoun" in clause.refers and clause.form is not Form.SUBJECT
        if nobody and (meant or (clause.form is Form.CLAIM and clause.objects)):
            clause = replace(clause, subjects=tuple(Subject(name) for name in context.subjects))
        if clause.refers & {"there", "those"} and not clause.objects and clause.form is not Form.OBJECT:
            clause = replace(clause, objects=context.objects)
        if clause.form is Form.OBJECT and "pronoun" in clause.refers and not clause.subjects:
            return replace(clause, form=Form.PASSAGE)  # "it", and nothing was said before
        counts = clause.quantity is not None and not (clause.objects or clause.spoken)  # "Are there nine regions?"
        if clause.form is Form.CLAIM and not (clause.subjects or clause.subject_quantity or counts):
            return replace(clause, form=Form.SUBJECT)
        return clause

    def _others(self, clause: Clause, context: Context) -> Clause:
        """ "the other one", "the third company": the members not spoken of yet."""
        kinds = self.corpus.predicates[clause.predicate].subject_kinds
        members = self.corpus.named_as(kinds)
        known = context.named if clause.form is not Form.CLAIM or not context.subjects else context.subjects
        left = tuple(Subject(name) for name in members if name not in known)
        last = context.last
        if not left or len(left) == len(members):
            return clause
        if clause.complement or clause.objects or clause.form is Form.CLAIM:
            return replace(clause, subjects=left)
        kind = last.kind if last and last.form in (Form.OBJECT, Form.COUNT) else clause.kind
        return replace(clause, form=Form.OBJECT, subjects=left, kind=kind if kind else "", spoken=True)


def _placed(last: Clause, clause: Clause) -> Clause:
    """The last clause where the new one stands, without what narrowed it then."""
    return replace(last, text=clause.text, start=clause.start, end=clause.end, quantity=None, only=None, excluded=())
