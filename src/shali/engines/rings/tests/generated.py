"""A village of a few thousand visits, with a chain of infection planted into it."""

import random

from .reference import Visit

DAY = 86_400


def village(people: int = 300, days: int = 6, seed: int = 4111) -> list[Visit]:
    """Homes at night over midnight, workrooms, shops of unequal liking, a night watch, a row that stands twice."""
    draw = random.Random(seed)
    visits = []
    for number in range(people):
        person, home, room = f"p{number}", f"home{number // 3}", f"room{min(number % 40, draw.randrange(40))}"
        for day in range(days):
            start = day * DAY + draw.randrange(7 * 3600, 10 * 3600)
            end = start + draw.randrange(3600, 9 * 3600)
            shop = end + draw.randrange(300, 3600)
            stay = draw.randrange(60, 2400)
            visits += [
                Visit(person, room, start, end),
                Visit(person, f"shop{int(draw.random() ** 2 * 8)}", shop, shop + stay, draw.choice([None, 1, 2, 9])),
                Visit(person, home, shop + stay + 600, day * DAY + DAY + 6 * 3600),
            ]
    watch = [Visit("watch", "room0", day * DAY, (day + 1) * DAY) for day in range(days)]
    return [*visits, *watch, visits[0]]
