"""Addresses cut into elements, in a written line or in what a caller says.

    parse("我在那个建国路,不对,建设路八十八号,幸福小区三单元幺零二室,快来")
      .road 建设路  .number 88号  .poi 幸福小区  .unit 3单元  .room 102室
      .normalised 建设路88号幸福小区3单元102室

How: every reading of every piece (`chunks`: names by the table of divisions and by how they end, numbers by
their form) is an edge of a lattice; the cheapest path by what follows what (`grammar`) is the answer
(`lattice`), and the company a piece keeps settles its role (`roles`). English is read by one expression
(`english`): Flat 3, 88 Jianguo Road.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.text.address import english
from gateway.text.address.chunks import Chunks
from gateway.text.address.endings import list_endings
from gateway.text.address.lattice import cheapest
from gateway.text.address.listed import list_divisions, list_headings, list_posts, list_words
from gateway.text.address.model import Address, AddressElement, Kind, Piece
from gateway.text.address.roles import settled
from gateway.text.address.speech import is_spoken, names_a_place, other_numbers, slips, taken_back
from gateway.text.address.written import line, value_of
from gateway.text.fold import fold, script

__all__ = ["MAX_CHARACTERS", "Address", "AddressElement", "Kind", "parse"]

MAX_CHARACTERS = 20_000
"""A longer text is read up to here; an address line has 30 characters, a minute of speech 300."""


def parse(text: str) -> Address:
    """Where `text` says something is. Total: any text has an answer, without elements when it names none."""
    folded = fold(text[:MAX_CHARACTERS])
    if script(folded) == "en":
        return _english(text, folded)
    spoken = is_spoken(folded)
    pieces = cheapest(_chunks(folded, spoken=spoken))
    wrong: set[int] = set()
    if spoken:
        pieces, wrong = taken_back(folded, pieces)
    kept = settled(folded, [piece for at, piece in enumerate(pieces) if at not in wrong], spoken=spoken)
    if spoken and not names_a_place(kept):
        return Address(source=text)
    made = [_element(text, folded, piece) for piece in kept]
    made += [replace(_element(text, folded, pieces[at]), kind=Kind.REDUNDANT, replaced=True) for at in wrong]
    elements = tuple(sorted((one for one in made if one.text.strip()), key=lambda one: one.start))
    return Address(source=text, elements=elements, normalised=line(elements))


def _english(text: str, folded: str) -> Address:
    """A text in English letters alone."""
    pieces, wrong = taken_back(folded, english.pieces_of(text, folded))
    if not names_a_place(pieces):
        return Address(source=text)
    elements: list[AddressElement] = []
    for at, (start, end, role) in enumerate(pieces):
        said = text[start:end]
        value = english.value_of(role, said)
        twice = role is not Kind.ASSIST and any(other.value == value for other in elements)
        kind = Kind.REDUNDANT if at in wrong or twice else role
        one = AddressElement(kind=kind, text=said, start=start, end=end, value=value, replaced=at in wrong)
        elements.append(one)
    return Address(source=text, elements=tuple(elements), normalised=english.line(tuple(elements)))


def _chunks(folded: str, *, spoken: bool) -> Chunks:
    """Every reading of every piece."""
    chunks = Chunks(folded, spoken=spoken)
    list_divisions(chunks)
    list_words(chunks)
    list_endings(chunks)
    list_posts(chunks)
    if spoken:
        list_headings(chunks)
        for end in slips(folded):
            chunks.slipped[end] = 1
        chunks.bar(other_numbers(folded))
    return chunks


def _element(text: str, folded: str, piece: Piece) -> AddressElement:
    start, end, kind = piece
    value = value_of(kind, folded[start:end])
    return AddressElement(kind=kind, text=text[start:end], start=start, end=end, value=value)
