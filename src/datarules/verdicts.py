"""What the rules of each order say in every world, and how the orders join.

Inside one order: defeasible rules with explicit superiority (Antoniou, Billington, Governatori and Maher,
2001), evaluated over every way the unknown facts could turn out. Across orders the most restrictive wins.
Localisation, disclosure and treaty norms stand beside the status and never change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .model import Rule, Value
from .situations import Program, Situation
from .vocab import SCALE, Action, Modality, Status, Strength
from .worlds import CAP, KEPT, NOW, POSSIBLY, Space

ROUTE_LEVELS: tuple[Status, ...] = (
    Status.FREE,
    Status.RECOGNISED,
    Status.SAFEGUARDS,
    Status.AUTHORISATION,
    Status.DEROGATION,
)
STRICTEST_FIRST: tuple[Status, ...] = (Status.PROHIBITED, Status.CONTESTED, *reversed(ROUTE_LEVELS))
ALONE = {status: frozenset((status,)) for status in Status}
RANK = {status: number for number, status in enumerate(SCALE)}
Layers = dict[Status, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One order's answer over all worlds: layers by status, and which entries stand or carry where."""

    program: Program
    layers: Layers
    silent: int
    nothing: int
    stands: tuple[int, ...]
    carries: tuple[int, ...]


def order_verdict(program: Program, space: Space, unmet: frozenset[str]) -> Verdict:
    """Evaluate one order's rules in every world.

    A rule stands where it applies and no standing rule overrides it; an unavailable permission (a measure
    it needs is known not to be taken) carries nothing and lifts no prohibition. A residual rule gives way
    to any other rule of the opposite modality.
    """
    stands: list[int] = []
    dropped: list[bool] = []
    strict = plain = default_ban = permitted = shut = 0
    for entry in program.entries:
        rule = entry.rule
        bits = space.bits(entry.when)
        ban = rule.modality is Modality.PROHIBITION
        for other in entry.overridden_by:
            if not (ban and dropped[other]):
                bits &= ~stands[other]
        unavailable = not ban and not unmet.isdisjoint(rule.requires)
        stands.append(bits)
        dropped.append(unavailable)
        if ban:
            if rule.strength is Strength.STRICT:
                strict |= bits
            elif rule.strength is Strength.RESIDUAL:
                default_ban |= bits
            else:
                plain |= bits
        elif unavailable:
            shut |= bits
        elif rule.strength is not Strength.RESIDUAL:
            permitted |= bits
    banned = strict | plain
    contested = plain & permitted & ~strict
    floors = _floors(program, space, stands, dropped)
    carries: list[int] = []
    levels = [0] * len(ROUTE_LEVELS)
    for entry, bits, unavailable in zip(program.entries, stands, dropped, strict=True):
        carried = 0
        if entry.rule.modality is Modality.PERMISSION and not unavailable:
            carried = bits & ~banned
            if entry.rule.strength is Strength.RESIDUAL:
                carried &= ~default_ban
            levels[entry.rule.level] |= carried
            if entry.rule.strength is Strength.RESIDUAL:
                carried &= ~floors[min(entry.rule.level + 1, len(floors) - 1)]
        carries.append(carried)
    layers: Layers = {Status.CONTESTED: contested}
    taken = banned
    for level, status in enumerate(ROUTE_LEVELS):
        layers[status] = levels[level] & ~taken
        taken |= levels[level]
    for level in range(len(ROUTE_LEVELS) - 1, 0, -1):
        for lower in ROUTE_LEVELS[:level]:
            raised = layers[lower] & floors[level]
            layers[lower] &= ~raised
            layers[ROUTE_LEVELS[level]] |= raised
    layers[Status.PROHIBITED] = (banned & ~contested) | ((default_ban | shut) & ~taken)
    spoken = taken | default_ban | shut
    outside = space.bits(program.reach) & ~space.bits(program.inside)
    silent = outside & ~spoken
    return Verdict(
        program, layers, silent, silent if program.nothing_added else 0, tuple(stands), tuple(carries)
    )


def _floors(program: Program, space: Space, stands: list[int], dropped: list[bool]) -> list[int]:
    """Return, per level, the worlds in which a lifted ban still asks for at least that level.

    A permission that overrides a ban opens the ban, not the whole order: the transfer then costs at least
    what the cheapest such permission costs, beside whatever route the rest of the order asks for.
    """
    floors = [0] * (len(ROUTE_LEVELS) + 1)
    for entry, standing in zip(program.entries, stands, strict=True):
        if entry.rule.modality is not Modality.PROHIBITION or entry.rule.strength is Strength.RESIDUAL:
            continue
        lifters = [
            o
            for o in entry.overridden_by
            if program.entries[o].rule.modality is Modality.PERMISSION and not dropped[o]
        ]
        if not lifters:
            continue
        lifted = 0
        for other in lifters:
            lifted |= stands[other]
        lifted &= space.bits(entry.when) & ~standing
        for level in range(1, len(ROUTE_LEVELS)):
            cheaper = 0
            for other in lifters:
                if program.entries[other].rule.level < level:
                    cheaper |= stands[other]
            floors[level] |= lifted & ~cheaper
    return floors


def combine(verdicts: Iterable[Verdict], space: Space) -> Layers:
    """Join the orders' answers: in each world the most restrictive; silence decides only if all are silent.

    What the destination's law on data coming in says counts beside the law of the origin: where that is silent,
    only a ban on the import decides, since leave to receive is no leave to send.
    """
    verdicts = list(verdicts)
    inside = nothing = sent = 0
    for verdict in verdicts:
        inside |= space.bits(verdict.program.inside) & space.bits(verdict.program.reach)
        nothing |= verdict.nothing
        if verdict.program.action is Action.TRANSFER:
            for bits in verdict.layers.values():
                sent |= bits
    sent |= inside | nothing
    joined: Layers = {}
    taken = 0
    for status in STRICTEST_FIRST:
        bits = 0
        for verdict in verdicts:
            bits |= verdict.layers[status]
        if status is not Status.PROHIBITED:
            bits &= sent
        joined[status] = bits & ~taken
        taken |= bits
    joined[Status.INTERNAL] = inside & ~taken
    joined[Status.FREE] |= nothing & ~taken & ~inside
    joined[Status.UNKNOWN] = space.full & ~(taken | inside | nothing)
    return joined


def span(found: set[Status]) -> tuple[Status, Status]:
    """Return best and worst of the statuses reached; an answer off the scale leaves the worst case open."""
    on_scale = [s for s in SCALE if s in found]
    off = [s for s in (Status.UNKNOWN, Status.CONTESTED) if s in found]
    best = on_scale[0] if on_scale else off[-1]
    worst = off[0] if off else on_scale[-1]
    return best, worst


@dataclass(frozen=True, slots=True)
class Look:
    """What one situation gives for the facts stated.

    Attributes:
        table: the situation decided over all worlds.
        byte: where in the rows of bytes the world of the profile and the facts lies.
        bit: which bit of that byte it is.
        within: the worlds in which the stated facts are as stated; 0 where they settle everything.
        status: the answer now.
        statuses: the answers reached in ``within``.
        deciding: facts not stated whose change alone changes the answer.
        given: the facts stated, those alone that this situation asks about.
    """

    table: Table
    byte: int
    bit: int
    within: int
    status: Status
    statuses: frozenset[Status]
    deciding: tuple[str, ...]
    given: tuple[tuple[str, Value], ...]

    def differs(self, other: Look) -> bool:
        """Say whether two situations answer differently, as functions of the facts that decide them."""
        if self.statuses != other.statuses or set(self.deciding) != set(other.deciding):
            return True
        if not self.deciding and not (self.table.capped or other.table.capped):
            return False
        return self.table.signature(self) != other.table.signature(other)

    def code(self, row: Row, number: int) -> int:
        """Say of an entry: `NOW` in the world of the profile and the facts, `POSSIBLY` in some other, else 0."""
        if row.rows[number][self.byte] & self.bit:
            return NOW
        return POSSIBLY if self.within and row.bits[number] & self.within else 0


class Row:
    """Sets of worlds, each twice: as an integer to reckon with, as bytes to look one world up quickly."""

    __slots__ = ("bits", "rows")

    def __init__(self, bits: Iterable[int], worlds: int) -> None:
        self.bits = tuple(bits)
        size = (worlds + 7) // 8
        made = {one: one.to_bytes(size, "little") for one in dict.fromkeys(self.bits)}
        self.rows = tuple(made[one] for one in self.bits)


class Table:
    """A situation decided once over all worlds, so that stating facts is only a matter of looking up.

    Where the worlds are too many (`worlds.CAP`), the facts stated are fixed beforehand and the answer for
    the rest is given as bounds.
    """

    def __init__(
        self,
        situation: Situation,
        baseline: Mapping[str, bool],
        unmet: frozenset[str],
        fixed: Mapping[str, Value] | None = None,
    ) -> None:
        self.situation = situation
        self.unmet = unmet
        self.profile = baseline
        self.space = Space(situation.tests, baseline, fixed)
        self.capped = self.space.size > CAP
        if self.capped:
            every = {t.fact: baseline.get(t.fact, 0) for t in situation.tests}
            self.space = Space(situation.tests, baseline, every | dict(fixed or {}))
        self.verdicts = tuple(order_verdict(program, self.space, unmet) for program in situation.programs)
        self.layers = combine(self.verdicts, self.space)
        self.space.forget()
        self._fixed = dict(fixed or {})
        self._looks: dict[object, Look] = {}
        self._signatures: dict[object, object] = {}

    @property
    def weight(self) -> int:
        """Bytes it is reckoned to take, its rows included."""
        entries = sum(len(verdict.stands) + 4 for verdict in self.verdicts)
        return 4 * entries * (self.space.size // 8 + 64)

    @cached_property
    def stands(self) -> Row:
        """The worlds in which each entry stands, program after program."""
        return Row((bits for v in self.verdicts for bits in v.stands), self.space.size)

    @cached_property
    def carries(self) -> Row:
        """The worlds in which each entry carries the transfer."""
        return Row((bits for v in self.verdicts for bits in v.carries), self.space.size)

    @cached_property
    def silent(self) -> Row:
        """The worlds in which each order says nothing."""
        return Row((v.silent for v in self.verdicts), self.space.size)

    @cached_property
    def nothing(self) -> Row:
        """The worlds in which each order says nothing and a review found that it has nothing to say."""
        return Row((v.nothing for v in self.verdicts), self.space.size)

    @cached_property
    def _statuses(self) -> tuple[tuple[Status, bytes], ...]:
        return tuple(zip(self.layers, Row(self.layers.values(), self.space.size).rows, strict=True))

    def outcome(self, given: Mapping[str, Value]) -> tuple[int, Status, frozenset[Status]]:
        """Return the world of the profile and the facts, its status, and every status still possible."""
        place, _ = self.space.place(given)
        bit = 1 << place
        status = next(s for s, bits in self.layers.items() if bits & bit)
        within = self.space.where(given) if given else self.space.full
        statuses = frozenset([s for s, bits in self.layers.items() if bits & within])
        return place, status, statuses | self._bounds() if self.capped else statuses

    def look(self, given: Mapping[str, Value]) -> Look:
        """Return the answer for the facts stated."""
        place, whole = self.space.place(given)
        if whole and not self.capped:
            byte, bit = place >> 3, 1 << (place & 7)
            status = next(s for s, row in self._statuses if row[byte] & bit)
            return Look(self, byte, bit, 0, status, ALONE[status], (), ())
        key = tuple([(fact, given[fact]) for fact in self.space.facts if fact in given])
        found = self._looks.get(key)
        if found is None:
            if len(self._looks) >= KEPT:
                self._looks.clear()
                self._signatures.clear()
            found = self._looks[key] = self._find(key, place)
        return found

    def _find(self, key: tuple[tuple[str, Value], ...], place: int) -> Look:
        byte, bit = place >> 3, 1 << (place & 7)
        status = next(s for s, row in self._statuses if row[byte] & bit)
        given = dict(key)
        within = self.space.where(given)
        statuses = frozenset([s for s, bits in self.layers.items() if bits & within])
        if self.capped:
            statuses |= self._bounds()
            given |= self._fixed
            asked = tuple(dict.fromkeys(t.fact for t in self.situation.tests if t.fact not in given))
            return Look(self, byte, bit, within, status, statuses, asked, key)
        deciding = tuple(self.space.deciding(self.layers.values(), within)) if len(statuses) > 1 else ()
        return Look(self, byte, bit, within, status, statuses, deciding, key)

    def _bounds(self) -> frozenset[Status]:
        """Where there are too many worlds to look at: everything any rule could bring counts as reached."""
        rules = [entry.rule for program in self.situation.programs for entry in program.entries]
        bans = any(rule.modality is Modality.PROHIBITION for rule in rules)
        routes = {ROUTE_LEVELS[rule.level] for rule in rules if rule.modality is Modality.PERMISSION}
        return frozenset(routes | ({Status.PROHIBITED} if bans else set()))

    def signature(self, seen: Look) -> object:
        """Return the answer as a function of the deciding facts; equal exactly for equal functions."""
        found = self._signatures.get(seen.given)
        if found is None:
            found = self._signatures[seen.given] = self._signature(seen)
        return found

    def _signature(self, seen: Look) -> object:
        if self.capped or not seen.deciding:
            return (self.capped, seen.deciding, seen.statuses)
        deciding = seen.deciding
        given = {**self._fixed, **dict(seen.given)}
        names = sorted(deciding)
        values = self.space.turning(names, self.layers.values(), seen.within)
        tests = [t for name in names for t in self.situation.tests if t.fact == name]
        fixed = {
            t.fact: given.get(t.fact, self.profile.get(t.fact, 0))
            for t in self.situation.tests
            if t.fact not in deciding
        }
        space = Space(tests, self.profile, fixed, values)
        layers = combine([order_verdict(p, space, self.unmet) for p in self.situation.programs], space)
        return (tuple(values.items()), tuple((s, layers[s]) for s in Status if layers.get(s)))


def bars(situation: Situation, baseline: Mapping[str, bool], ban: Rule) -> bool:
    """Say whether a ban stands in the way of a transfer under the profile, in one exact situation.

    A default does not where the transfer is at least recognised. The profile is one world, so only it is looked at.
    """
    profile = {test.fact: baseline.get(test.fact, 0) for test in situation.tests}
    table = Table(situation, baseline, frozenset(), profile)
    place, status, _ = table.outcome({})
    if ban.strength is Strength.RESIDUAL and RANK.get(status, len(SCALE)) <= RANK[Status.RECOGNISED]:
        return False
    return any(
        entry.rule is ban and stands >> place & 1
        for verdict in table.verdicts
        for entry, stands in zip(verdict.program.entries, verdict.stands, strict=True)
    )
