"""CDR after a gap: when a caller's leg ended."""

from datetime import UTC, datetime

from gateway.pbx.cdr import ends

ROW = (
    '"pbx1-1795469285.0","pbx1-1795469285.0","PJSIP/trunk-0","PJSIP/1101-1","13800130001","110","intake110-trunk",'
    '"Queue",1795469285.371396,1795469285.375000,{end},17.4,17.4,"ANSWERED",1'
)
ENDED = datetime.fromtimestamp(1795469303.5, UTC)


def test_the_last_record_of_a_leg_says_when_it_ended() -> None:
    text = "\n".join(ROW.format(end=end) for end in ("1795469290.000000", "1795469303.500000", "1795469299"))
    assert ends(text) == {"pbx1-1795469285.0": ENDED}


def test_a_record_without_an_end_says_nothing() -> None:
    assert ends(ROW.format(end="0.000000")) == {}


def test_torn_and_foreign_lines_are_left_out() -> None:
    good = ROW.format(end="1795469303.500000")
    text = "\n".join((good[:80], "", "a,b,c", ROW.format(end="soon"), ROW.format(end="179x.5"), "\0" + good))
    assert ends(text) == {"pbx1-1795469285.0": ENDED}


def test_a_record_whose_id_could_not_be_a_file_name_is_left_out() -> None:
    assert ends(ROW.format(end="1795469303.5").replace('"pbx1-1795469285.0"', '"../../etc"', 1)) == {}
