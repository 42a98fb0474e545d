# ruff: noqa: E501 (tables are read more easily in one line)
"""What follows what in an address, as costs: 0 usual, 3 seldom, 8 hardly ever. Large goes before small
(province, city, county, township, village, road, number, place, building, unit, floor, room).
"""

from __future__ import annotations

from gateway.text.address.model import Kind

START = Kind.OTHER
"""Stands for the beginning where the kind before is asked for."""

OUTSIDE = Kind.REDUNDANT
"""Stands for words of speech that are no address."""
_NAMES = (Kind.COUNTRY, Kind.PROV, Kind.CITY, Kind.DISTRICT, Kind.DEV_ZONE, Kind.TOWN, Kind.COMMUNITY, Kind.ROAD, Kind.POI, Kind.SUB_POI, Kind.ASSIST, Kind.PERSON)  # fmt: skip
_ROWS: dict[Kind, str] = {
    #                  country prov city dist zone town comm road poi  sub  assist person
    START:            "1.0  0.2  0.4  1.2  1.9  1.8  3.0  1.3  2.4  3.0  5.0  6.0",
    Kind.COUNTRY:     "6.0  0.0  1.0  2.0  3.0  3.0  4.0  3.0  3.0  5.0  6.0  6.0",
    Kind.PROV:        "3.0  2.0  0.1  1.0  3.0  2.0  4.0  3.0  3.6  5.0  6.0  6.0",
    Kind.CITY:        "3.0  2.0  2.5  0.1  1.8  1.2  3.0  1.6  2.4  5.0  6.0  6.0",
    Kind.DISTRICT:    "3.0  2.0  2.5  2.4  1.6  0.4  1.6  0.6  1.2  4.0  4.0  6.0",
    Kind.DEV_ZONE:    "6.0  5.0  5.0  4.0  5.0  2.0  2.0  1.0  1.0  3.0  3.0  6.0",
    Kind.TOWN:        "5.0  3.5  4.0  4.0  2.5  4.0  0.6  -0.1  0.8  3.0  3.5  6.0",
    Kind.COMMUNITY:   "6.0  6.0  6.0  6.0  4.0  5.0  4.0  0.8  0.2  2.0  1.0  5.0",
    Kind.ROAD:        "6.0  6.0  6.0  6.0  4.5  5.0  3.0  1.2  0.4  3.0  1.2  5.0",
    Kind.ROAD_NO:     "7.0  7.0  7.0  7.0  5.5  6.0  5.0  3.0  0.9  2.0  1.5  4.0",
    Kind.POI:         "7.0  6.0  6.5  6.0  4.5  4.5  3.5  1.2  1.2  0.2  1.0  2.0",
    Kind.SUB_POI:     "8.0  8.0  8.0  8.0  6.0  6.0  4.0  3.0  1.5  1.5  1.5  1.5",
    Kind.HOUSE_NO:    "8.0  8.0  8.0  8.0  6.5  7.0  6.0  4.0  0.9  2.0  1.5  2.5",
    Kind.CELL_NO:     "8.0  8.0  8.0  8.0  7.0  7.0  6.0  5.0  2.0  3.0  2.0  2.0",
    Kind.FLOOR_NO:    "8.0  8.0  8.0  8.0  7.0  7.0  6.0  4.0  0.8  2.0  2.0  0.8",
    Kind.ROOM_NO:     "8.0  8.0  8.0  8.0  7.0  7.0  6.0  4.5  0.7  3.0  2.0  1.0",
    Kind.ASSIST:      "8.0  8.0  8.0  6.0  4.0  3.0  1.2  1.2  0.6  1.5  1.0  3.0",
    Kind.PERSON:      "8.0  8.0  8.0  8.0  7.0  7.0  6.0  5.0  2.0  2.0  1.4  2.5",
}  # fmt: skip
DIVIDED = frozenset((START, OUTSIDE, Kind.COUNTRY, Kind.PROV, Kind.CITY, Kind.DISTRICT))
"""After these a division may stand."""
FOLLOWS: dict[Kind, dict[Kind, float]] = {
    before: dict(zip(_NAMES, map(float, row.split()), strict=True)) for before, row in _ROWS.items()
}

FOLLOWS[Kind.SUB_ROAD] = FOLLOWS[Kind.ROAD]
FOLLOWS[Kind.SUB_ROAD_NO] = FOLLOWS[Kind.ROAD_NO]
FOLLOWS[OUTSIDE] = {kind: cost + 0.3 for kind, cost in FOLLOWS[START].items()}
STARTING = {
    START: FOLLOWS[START] | {Kind.ROAD: 0.9, Kind.POI: 1.5, Kind.TOWN: 1.4, Kind.COMMUNITY: 2.0},
    OUTSIDE: FOLLOWS[OUTSIDE]
    | {Kind.ASSIST: 3.2, Kind.ROAD: 1.1, Kind.POI: 1.9, Kind.TOWN: 1.7, Kind.COMMUNITY: 2.3},
}
"""In speech, where a place begins: after a cue, and after words that are no address."""

Reading = tuple[Kind, float]
_K = {
    "road": Kind.ROAD, "no": Kind.ROAD_NO, "house": Kind.HOUSE_NO, "cell": Kind.CELL_NO, "floor": Kind.FLOOR_NO,
    "room": Kind.ROOM_NO, "sub": Kind.SUB_POI, "poi": Kind.POI, "lane": Kind.SUB_ROAD,
    "assist": Kind.ASSIST,
}  # fmt: skip
_BEFORE = {
    "start": START, "prov": Kind.PROV, "city": Kind.CITY, "dist": Kind.DISTRICT, "zone": Kind.DEV_ZONE, "town": Kind.TOWN,
    "comm": Kind.COMMUNITY, "person": Kind.PERSON, "out": OUTSIDE, "country": Kind.COUNTRY,
} | _K  # fmt: skip
_FORMS = {
    # a number with 号: of the road, of a house in an estate, of a stair, of a room; what stands before decides
    "hao": "road:no 0 | lane:no 0 | comm:no .8 | town:no 1.2 | zone:no 1 | dist:no 1.5 | poi:house .7,no .8,room 2.2 | sub:house .5,room .8 | house:cell .7,room 1"
           " | no:house .2 | floor:room 0 | cell:room .2 | assist:no .6,room 1.2 | start:no 1.8 | out:no 2.4 | *:no 4",
    "hao3": "road:no 0 | lane:no 0 | comm:no .2 | town:no 1.2 | zone:no 1 | dist:no 1.5 | poi:house .7,no .7,room 1.8 | sub:house .7,room .6 | house:room .3"
           " | no:house .2 | floor:room -.6 | cell:room .1 | assist:no .6,room 1.2 | start:no 1.8 | out:no 2.4 | *:no 4",
    "haos": "road:no -.3 | lane:no 0 | comm:no .5 | town:no 1.5 | zone:no 1.5 | dist:no 2 | poi:house 2.5,no 1.6 | assist:no 1.5 | no:house 2.5 | *:room 4",
    "away": "*:assist 0",
    "heading": "road:assist -.5 | lane:assist -.5 | no:assist -.5 | assist:assist .5 | *:assist 3",
    "alley": "road:no .2 | poi:lane 1.2 | comm:road .6 | town:road 1.5 | dist:road 2 | lane:no .5 | *:road 3",
    "bare1": "assist:house 1.2 | house:cell -.6,room 3 | poi:house .5 | no:house .5 | sub:house .4 | road:no -.1 | comm:house 1,no 1 | cell:room 1.5,floor 3 | floor:room 2 | *:house 4",
    "bare2": "assist:house 1.2 | house:cell .3,room 1.8 | poi:house .2 | no:house .5 | sub:house .4 | road:no .4 | comm:house 1,no 1 | cell:room .8 | floor:room 1 | *:house 4",
    "bare3": "house:room .1,cell 2.5 | cell:room 0 | poi:house .5,room 1.2 | no:room .7,house .8 | sub:house .5,room 1.2 | road:no .2 | floor:room .2 | assist:room 1.2,house 2"
             " | comm:no 1 | person:room 2 | *:room 4",
    "bare4": "house:room 0 | cell:room 0 | floor:room 0 | poi:room .2,house 2 | sub:room .3 | no:room 0 | road:no .3 | person:room .8 | assist:room 1 | comm:no 2 | *:room 4",
    "building": "start:house 1.2 | out:house 1.6 | poi:house 0 | sub:house 0 | no:house .2 | comm:house .1 | road:house 1.2 | town:house 2 | house:house 2.5,cell 2 | assist:house 1.5 | person:house 2 | *:house 3",
    "cell": "start:cell 1.2 | out:cell 1.6 | house:cell 0 | poi:cell 1 | no:cell 1 | sub:cell 1 | *:cell 3",
    "floor": "start:floor 1.8 | out:floor 1.9 | house:floor -.6 | poi:floor 0 | no:floor .3 | sub:floor 0 | cell:floor .2 | person:floor .5 | assist:floor .8 | road:floor 1.0 | room:floor 2 | *:floor 3",
    "room": "start:room 1.8 | out:room 2.2 | house:room 0 | cell:room 0 | floor:room 0 | poi:room .5 | no:room .5 | sub:room .4 | assist:room 1 | person:room 1 | *:room 3",
    "group": "comm:road 0 | poi:road .8 | town:road 1.2 | dist:road 2 | road:road 2 | *:road 3",
    "lane": "road:lane 0 | poi:lane 1 | comm:road .6 | town:road 1 | *:road 2.5",
    "street": "dist:road .4 | zone:road 0 | town:road 0 | poi:lane .8 | road:lane .8 | comm:road .5 | city:road .8 | floor:cell .5 | sub:cell 1 | person:cell 1 | start:road 1 | *:road 3",
    "streetzh": "dist:road 2 | zone:road 1.6 | poi:lane 1.6 | road:lane 1.5 | comm:road 2 | city:road 2.5 | floor:cell .8 | sub:cell 1.2 | person:cell 1 | start:road 2 | *:road 4",
    "post": "road:no 0 | lane:no 0 | assist:no .6 | *:no 1.5",
    "yard": "road:no 0 | lane:no 0 | comm:no .3 | poi:house 0 | sub:house 0 | no:house .3 | assist:no .6 | start:no 1.2 | out:no 1.6 | *:no 1.5",
    "gate": "poi:sub 0 | sub:sub 1 | comm:sub .8 | no:sub 1.5 | house:sub 1.5 | floor:sub 1 | road:sub 2.5 | start:poi 1.2 | out:poi 2 | assist:sub 1 | *:sub 4",
    "school": "*:poi 1.2",
    "code": "*:road .8",
    "hyphen": "floor:room .5 | cell:room .3 | road:no .3 | lane:no .3 | comm:no 1.6 | poi:house 2.5,no 2.5 | *:no 5",
    "part": "poi:sub 0 | sub:sub .5 | comm:poi .8 | town:poi 1.5 | dist:poi 1.5 | no:poi 1 | house:sub .8 | cell:sub 1.5 | floor:sub .6 | room:sub 1.5 | road:poi 1.2 | start:poi 1.2 | out:poi 2 | assist:sub .6 | *:sub 3",
    "area": "poi:sub 0 | sub:sub 1 | comm:sub .8,poi 1.2 | town:sub 3,poi 2 | no:sub 2 | house:sub 2 | floor:sub 1 | road:sub 3,poi 3 | start:poi 3 | assist:sub 2 | *:sub 4",
}  # fmt: skip


def _readings(said: str) -> tuple[Reading, ...]:
    return tuple((_K[one.split()[0]], float(one.split()[1])) for one in said.split(","))


def _form(said: str) -> dict[Kind, tuple[Reading, ...]]:
    rows = dict(part.strip().split(":") for part in said.split("|"))
    others = _readings(rows.pop("*", "no 5"))
    kinds = {_BEFORE[before]: _readings(readings) for before, readings in rows.items()}
    return {kind: kinds.get(kind, others) for kind in Kind}


FORMS: dict[str, dict[Kind, tuple[Reading, ...]]] = {name: _form(said) for name, said in _FORMS.items()}
"""How a number of some form is read after each kind, the likeliest readings with their costs."""
COUNTED = frozenset((Kind.ROAD_NO, Kind.HOUSE_NO, Kind.CELL_NO, Kind.FLOOR_NO, Kind.ROOM_NO))
MEANS: dict[str, frozenset[Kind]] = {
    name: frozenset(kind for readings in form.values() for kind, _ in readings) & COUNTED
    for name, form in FORMS.items()
}
"""What a number of some form can be; said after a slip, it is again what the one before was."""
