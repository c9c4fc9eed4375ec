"""The OR-Library's two forms of p-median files, read with a sentence for everything that is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

import numpy as np

from shali.engines.siting.model import Floats, Ints
from shali.engines.siting.near import shortest_paths


class Unreadable(ValueError):
    """What is wrong with a file, in which line, and what to do."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network as pairs of edges out of every node: neighbour[start[i] : start[i + 1]], cost likewise."""

    nodes: int
    sites: int
    start: np.ndarray
    neighbour: Ints
    cost: Floats
    repeated: int

    def distances(self) -> Floats:
        """Return shortest ways between all nodes.

        :raises Unreadable: some nodes cannot be reached
        """
        found = shortest_paths(self.start, self.neighbour, self.cost)
        lost = np.flatnonzero(~np.isfinite(found[0])) + 1
        if len(lost):
            shown = ", ".join(map(str, lost[:10])) + (" ..." if len(lost) > 10 else "")
            raise Unreadable(
                f"{len(lost)} of {self.nodes} nodes cannot be reached from node 1: {shown}. "
                "Add the edges that join them, or solve the parts apart."
            )
        return found


@dataclass(frozen=True, slots=True)
class Customers:
    """A capacitated file: every customer may be a site. stated_best stands in its head and is not looked at."""

    number: int
    stated_best: float
    sites: int
    capacity: float
    x: Floats
    y: Floats
    demand: Floats

    def distances(self) -> Floats:
        """Return Euclid's distances rounded down, (n, n)."""
        return np.floor(np.hypot(self.x[:, None] - self.x, self.y[:, None] - self.y))


def read_network(text: str) -> Network:
    """Read `n m p`, then m lines `u v cost`. Of a repeated edge the last line counts.

    :raises Unreadable: with the line and what to do
    """
    lines = _numbers(text)
    first, head = next(lines, (1, []))
    n, m, p = _whole(first, head, ("n", "m", "p"), "the numbers of nodes, edges and sites")
    _counts(first, n=n, p=p)
    kept: dict[tuple[int, int], float] = {}
    read, last = 0, first
    for last, cells in lines:
        read += 1
        if len(cells) != 3:
            raise Unreadable(f"Line {last} holds {len(cells)} numbers; an edge is three: u v cost.")
        u, v, cost = cells
        for node in (u, v):
            if node != int(node) or not 1 <= node <= n:
                raise Unreadable(f"Line {last} names node {node:g}; nodes are 1 to {n}, as line {first} says.")
        if cost < 0:
            raise Unreadable(f"Line {last} has the cost {cost:g}; a cost must not be below 0.")
        if u != v:
            kept[int(min(u, v)) - 1, int(max(u, v)) - 1] = cost
    if read != m:
        raise Unreadable(
            f"Line {first} announces {m} edges; the file holds {read}, the last in line {last}. "
            "Is the file cut off, or the number wrong?"
        )
    return _network(n, p, kept, read - len(kept))


def _network(n: int, p: int, kept: dict[tuple[int, int], float], repeated: int) -> Network:
    ends = np.array([(u, v) for u, v in kept], np.int32).reshape(-1, 2)
    cost = np.array(list(kept.values()) * 2, np.float64)
    source, target = np.r_[ends[:, 0], ends[:, 1]], np.r_[ends[:, 1], ends[:, 0]]
    order = np.argsort(source, kind="stable")
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=start[1:])
    return Network(n, p, start, target[order], cost[order], repeated)


def read_customers(text: str) -> Customers:
    """Read `number best`, `n p Q`, then n lines `id x y demand`.

    :raises Unreadable: with the line and what to do
    """
    lines = _numbers(text)
    first, head = next(lines, (1, []))
    if len(head) != 2:
        raise Unreadable(
            f"Line {first} holds {len(head)} numbers; a capacitated file begins with two: its number and the "
            "best known cost. A file of several problems is cut into one file each."
        )
    second, sizes = next(lines, (first + 1, []))
    n, p, capacity = _whole(second, sizes, ("n", "p", "Q"), "the numbers of customers and sites, and the capacity")
    _counts(second, n=n, p=p)
    rows: dict[int, list[float]] = {}
    last = second
    for last, cells in lines:
        if len(rows) == n:
            raise Unreadable(
                f"Line {second} announces {n} customers and line {last} comes after them. Give one problem a file."
            )
        if len(cells) != 4:
            raise Unreadable(f"Line {last} holds {len(cells)} numbers; a customer is four: id x y demand.")
        number = int(cells[0])
        if number in rows:
            raise Unreadable(f"Line {last}: customer {number} stands in the file already. Give each its own id.")
        if not 0 <= cells[3] <= capacity:
            raise Unreadable(f"Line {last}: the demand {cells[3]:g} is not within 0 to the capacity {capacity}.")
        rows[number] = cells[1:]
    if len(rows) != n:
        raise Unreadable(f"Line {second} announces {n} customers; the file holds {len(rows)}, the last in line {last}.")
    x, y, demand = np.array(list(rows.values()), np.float64).T
    if demand.sum() > p * capacity:
        raise Unreadable(
            f"{p} sites of {capacity} serve {p * capacity}; the customers ask for {demand.sum():g}. "
            f"At least {int(np.ceil(demand.sum() / capacity))} sites are needed."
        )
    return Customers(int(head[0]), head[1], p, float(capacity), x, y, demand)


def _numbers(text: str) -> Iterator[tuple[int, list[float]]]:
    """Yield number and cells of every line that is not blank."""
    for line, content in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        cells = []
        for word in content.replace(",", " ").replace("\x1a", " ").split():
            try:
                cells.append(float(word))
            except ValueError:
                cells.append(np.nan)
            if not isfinite(cells[-1]):
                raise Unreadable(f'Line {line}: "{word[:40]}" is no number. Lines hold numbers between blanks.')
        if cells:
            yield line, cells


def _whole(line: int, cells: list[float], names: tuple[str, ...], what: str) -> tuple[int, ...]:
    if len(cells) != len(names) or any(cell != int(cell) for cell in cells):
        raise Unreadable(
            f"Line {line} should hold {' '.join(names)}: {what}, {len(names)} whole numbers; "
            f"it holds {' '.join(f'{cell:g}' for cell in cells) or 'nothing'}."
        )
    return tuple(int(cell) for cell in cells)


def _counts(line: int, *, n: int, p: int) -> None:
    if n < 1 or p < 1:
        raise Unreadable(f"Line {line}: n = {n}, p = {p}; both must be 1 or more.")
    if p > n:
        raise Unreadable(f"Line {line} asks for {p} sites among {n} nodes. Ask for {n} at most.")
