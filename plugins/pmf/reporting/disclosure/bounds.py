"""Bounds: the least and the most that a sum of counts can be for somebody who knows other sums of them.

Linear programming over all that is told, with nothing known of a count but that it is not negative: the audit that statistical
offices make of suppressed tables. Turned round, the same sums say what else must be left out to hide one (``hiding``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from pmf.reporting.disclosure.fact import Fact, Piece, Secret, number_of

# The solver works in doubles: a bound may be off by this much.
_NEAR = 1e-6


def exposed(secrets: Iterable[Secret], told: Iterable[Fact]) -> list[Secret]:
    """Select the secrets that what is told narrows down further than they may be."""
    known, sums = _worked_out(told)
    return [secret for secret in secrets if not _is_open(secret, known, sums)]


def bounds(wanted: Fact, told: Iterable[Fact]) -> tuple[float, float]:
    """Give the least and the most that a sum can be; infinity where nothing told limits it."""
    return _bounds(wanted, *_worked_out(told))


def hiding(secret: Secret, told: Iterable[Fact], loss: Mapping[Fact, float]) -> set[Fact]:
    """Choose what to leave out of the facts that could be told (``loss``: what each is worth) so that a secret is open.

    Another table is looked for that agrees with what is told and has the secret as low, then as high, as it must be able to be, and that
    changes as little of the rest as it can: what it changes is left out. Nothing where what is told allows of no such table.
    """
    around = _connected(secret.fact, {*told, *loss})
    given, open_facts = [fact for fact in around if fact not in loss], [fact for fact in around if fact in loss]
    number = number_of(secret.fact)
    changed: set[Fact] = set()
    for distance in (float(secret.low - number), float(secret.high - number)):
        if distance:
            costs = [0.0 if fact in changed else loss[fact] for fact in open_facts]
            changed |= _changed(secret.fact, distance, given, open_facts, costs)
    return changed


def _is_open(secret: Secret, known: Collection[Piece], sums: Collection[Fact]) -> bool:
    low, high = _bounds(secret.fact, known, sums)
    return low <= float(secret.low) + _NEAR and high >= float(secret.high) - _NEAR


def _worked_out(told: Iterable[Fact]) -> tuple[set[Piece], set[Fact]]:
    """Find the pieces that follow from what is told one after the other, and what else is told of the others."""
    known: set[Piece] = set()
    sums = set(told)
    while single := {piece for fact in sums if len(fact) == 1 for piece in fact}:
        known |= single
        sums = {fact - known for fact in sums} - {frozenset()}
    return known, sums


def _bounds(wanted: Fact, known: Collection[Piece], sums: Collection[Fact]) -> tuple[float, float]:
    unknown = wanted.difference(known)
    constant = float(number_of(wanted - unknown))
    if not unknown:
        return constant, constant
    around = _connected(unknown, sums)
    if not any(unknown & fact for fact in around):
        return constant, inf
    pieces = _in_order(unknown.union(*around))
    aim, matrix = _row(unknown, pieces), np.array([_row(fact, pieces) for fact in around])
    totals = np.array([float(number_of(fact)) for fact in around])
    limits = [(_least(piece), None) for piece in pieces]
    low, high = (_solved(sign * aim, A_eq=matrix, b_eq=totals, bounds=limits) for sign in (1, -1))
    return constant + (low.fun if low.success else -inf), constant + (-high.fun if high.success else inf)


def _changed(secret: Fact, distance: float, given: Sequence[Fact], others: Sequence[Fact], costs: Sequence[float]) -> set[Fact]:
    """Find the table that moves a secret by a distance at the least cost, and say which of the other facts it changes.

    The unknowns are by how much each piece moves, and then how far each of the others is moved by that, up or down.
    """
    pieces = _in_order(secret.union(*given, *others))
    moved = np.array([_row(fact, pieces) for fact in others]).reshape(len(others), len(pieces))
    size = np.eye(len(others))
    result = _solved(
        np.concatenate([np.zeros(len(pieces)), costs]),
        A_eq=np.array([[*_row(fact, pieces), *np.zeros(len(others))] for fact in (secret, *given)]),
        b_eq=np.array([distance, *np.zeros(len(given))]),
        A_ub=np.vstack([np.hstack([moved, -size]), np.hstack([-moved, -size])]) if others else None,
        b_ub=np.zeros(2 * len(others)) if others else None,
        bounds=[*((_least(piece) - float(piece.number), None) for piece in pieces), *[(0, None)] * len(others)],
    )
    if not result.success:
        return set()
    moves = moved @ result.x[: len(pieces)]
    return {fact for fact, move in zip(others, moves, strict=True) if abs(move) > _NEAR}


def _connected(pieces: Fact, sums: Collection[Fact]) -> list[Fact]:
    """Select the sums that have to do with pieces, directly or through one another."""
    reached, found = set(pieces), set[Fact]()
    while near := {fact for fact in sums if fact not in found and fact & reached}:
        found |= near
        reached.update(*near)
    return sorted(found, key=lambda fact: [_key(piece) for piece in _in_order(fact)])


def _in_order(pieces: Iterable[Piece]) -> list[Piece]:
    return sorted(pieces, key=_key)


def _key(piece: Piece) -> tuple[Any, ...]:
    return piece.kpi_ref, piece.month.key, piece.side, piece.number


def _row(fact: Fact, pieces: Sequence[Piece]) -> Any:
    return np.array([float(piece in fact) for piece in pieces])


def _least(piece: Piece) -> float:
    """Give the least a count can be: a negative one that somebody returned must not make the sums impossible."""
    return min(0.0, float(piece.number))


def _solved(aim: Any, **constraints: Any) -> Any:
    # Brings much of scipy, for a council that has something to withhold.
    from scipy.optimize import linprog

    return linprog(aim, method="highs", **constraints)
