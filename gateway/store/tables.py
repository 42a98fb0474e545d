"""Every table of the database. Columns carry the names of the rows in `gateway.ports`.

Times are UTC: ISO 8601 text with microseconds and Z in SQLite (sorts by time), `timestamptz` in PostgreSQL.
Keys compare by bytes in both. Journal, aggregates and outbox are written by the loop alone, all at once.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    and_,
    false,
    text,
)

from gateway.store.columns import Key, Moment, Plain
from gateway.store.columns import metadata as metadata
from gateway.store.tables_dispatch import instructions as instructions
from gateway.store.tables_text import sent_texts as sent_texts
from gateway.store.tables_text import share_links as share_links

journal = Table(
    "journal", metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", Key, nullable=False),
    Column("key", Key, nullable=False),
    Column("type", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", Text),
    Column("salt", LargeBinary),
    Column("commitment", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("journal_of", "kind", "key", "seq"),
)  # fmt: skip

aggregates = Table(
    "aggregates", metadata,
    Column("kind", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("rev", BigInteger, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
)  # fmt: skip
OPEN = text("NOT closed")
Index(
    "aggregates_open", aggregates.c.kind, aggregates.c.key,
    sqlite_where=OPEN, postgresql_where=OPEN,
)  # fmt: skip

calls = Table(
    "calls", metadata,
    Column("call_id", Key, primary_key=True),
    Column("pbx", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("seized_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ani", Plain),
    Column("dialed", Plain),
    Column("end_reason", Key),
    Column("alarm_class", Key),
    Column("nature", Key),
    Column("priority", Integer),
    Column("department", Key),
    Column("agents", Plain, nullable=False),
    Column("duration_ms", BigInteger),
    Column("sip_call_id", Plain),
    Column("medium", Key, nullable=False, server_default="voice"),
    Column("part_of", Key),
    Column("same_as", Key),
    Column("sheet", Plain),
    Column("test", Boolean, nullable=False, server_default=false()),
    Column("answer_ms", BigInteger),
    Column("decided_class", Key),
    Column("decided_nature", Key),
    Column("handed", Integer, nullable=False, server_default=text("0")),
    Column("came_back", Integer, nullable=False, server_default=text("0")),
    Column("unrecorded", Integer, nullable=False, server_default=text("0")),
    Index("calls_by_time", "seized_at", "call_id"),
    Index("calls_by_ani", "ani", "seized_at"),
    Index("calls_by_sip_call_id", "sip_call_id"),
    Index("calls_by_sheet", "sheet"),
)  # fmt: skip
COUNTED = and_(calls.c.part_of.is_(None), calls.c.same_as.is_(None))
"""Each call once: not what we rang for another, nor the record of one that the PBX has too."""
PART = text("part_of IS NOT NULL")
"""Few calls are a part of another: an index of all would draw SQLite to it whenever the others are wanted."""
Index("calls_part_of", calls.c.part_of, sqlite_where=PART, postgresql_where=PART)
LIVE = text("ended_at IS NULL")
Index(
    "calls_live", calls.c.seized_at,
    sqlite_where=LIVE, postgresql_where=LIVE,
)  # fmt: skip

orders = Table(
    "orders", metadata,
    Column("order_id", Key, primary_key=True),
    Column("department", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("call_id", Key),
    Column("subject", Plain, nullable=False),
    Column("due_at", Moment),
    Column("overdue", Boolean, nullable=False),
    Index("orders_by_time", "opened_at", "order_id"),
    Index("orders_of_department", "department", "opened_at", "order_id"),
    Index("orders_of_call", "call_id"),
)  # fmt: skip
OPEN_ORDERS = text("state <> 'closed'")
Index(
    "orders_open", orders.c.department, orders.c.state, orders.c.overdue,
    sqlite_where=OPEN_ORDERS, postgresql_where=OPEN_ORDERS,
)  # fmt: skip

segments = Table(
    "segments", metadata,
    Column("call_id", Key, primary_key=True),
    Column("speaker", Key, primary_key=True),
    Column("reading", Key, primary_key=True, server_default="live"),
    Column("index", Integer, primary_key=True),
    Column("started_ms", BigInteger, nullable=False),
    Column("text", Plain, nullable=False),
    Column("payload", Text, nullable=False),
    Index("segments_by_time", "call_id", "started_ms"),
)  # fmt: skip

plan_runs = Table(
    "plan_runs", metadata,
    Column("run_id", Key, primary_key=True), Column("code", Key, nullable=False),
    Column("call_id", Key, nullable=False), Column("incident_id", Key),
    Column("major", Boolean, nullable=False),
    Column("started_at", Moment, nullable=False), Column("ended_at", Moment),
    Index("plan_runs_of_call", "call_id"), Index("plan_runs_of_incident", "incident_id"),
)  # fmt: skip

incidents = Table(
    "incidents", metadata,
    Column("incident_id", Key, primary_key=True),
    Column("title", Plain, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("over", Boolean, nullable=False),
    Column("surge_since", Moment),
    Index("incidents_by_time", "touched_at", "incident_id"),
)  # fmt: skip

card_fields = Table(
    "card_fields", metadata,
    Column("call_id", Key, primary_key=True),
    Column("name", Key, primary_key=True),
    Column("rev", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
)  # fmt: skip

assessments = Table(
    "assessments", metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("call_id", Key, nullable=False),
    Column("segments", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    Index("assessments_of", "call_id", "id"),
)  # fmt: skip

reviews = Table(
    "reviews", metadata,
    Column("job_id", Key, primary_key=True),
    Column("payload", Text),
    Column("fault", Text),
    Column("at", Moment, nullable=False),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("site_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("call_id", Key),
    Column("call_seq", BigInteger),
    Column("event_id", Key, nullable=False),
    Column("topic", Key, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("expiry_s", Integer),
    Column("at", Moment, nullable=False),
    Column("sent", Boolean, nullable=False, server_default=false()),
    Column("parked", Plain),
    Index("outbox_of", "call_id", "call_seq"),
)  # fmt: skip
WAITING = text("NOT sent AND parked IS NULL")
"""What the relay still has to send."""
Index("outbox_waiting", outbox.c.site_seq, sqlite_where=WAITING, postgresql_where=WAITING)

answers = Table(
    "answers", metadata,
    Column("request_id", Plain, primary_key=True),
    Column("actor", Plain, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Key, nullable=False),
    Column("rev", BigInteger),
    Column("code", Plain),
    Column("text", Plain),
)  # fmt: skip

timers = Table(
    "timers", metadata,
    Column("kind", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("name", Key, primary_key=True),
    Column("due_at", Moment, nullable=False),
    Index("timers_due", "due_at"),
)  # fmt: skip

attempts = Table(
    "attempts", metadata,
    Column("key", Key, primary_key=True),
    Column("effect", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Plain),
)  # fmt: skip

documents = Table(
    "documents", metadata,
    Column("kind", Key, primary_key=True),
    Column("name", Key, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("hash", Key, nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Plain, nullable=False),
    Column("active", Boolean, nullable=False),
)  # fmt: skip

# ---- counted from the journal, and made anew from it when need be

judged_calls = Table(
    "judged_calls", metadata,
    Column("call_id", Key, primary_key=True),
    Column("day", Key, nullable=False),
    Column("seized_at", Moment, nullable=False),
    Column("grade", Integer),
    Column("pairs", Key, nullable=False),
    Column("labelled", Boolean, nullable=False),
    Column("taught", Boolean, nullable=False),
    Column("payload", Text, nullable=False),
)  # fmt: skip
DIFFERENT = text("grade IS NOT NULL")
"""Rules, model and person do not say the same."""
TAUGHT = text("taught")
"""A person said what the call is."""
Index(
    "judged_calls_different", judged_calls.c.grade, judged_calls.c.seized_at, judged_calls.c.call_id,
    sqlite_where=DIFFERENT, postgresql_where=DIFFERENT,
)  # fmt: skip
Index(
    "judged_calls_taught", judged_calls.c.seized_at, judged_calls.c.call_id,
    sqlite_where=TAUGHT, postgresql_where=TAUGHT,
)  # fmt: skip

quality_counts = Table(
    "quality_counts", metadata,
    Column("day", Key, primary_key=True),
    Column("pack", Key, primary_key=True),
    Column("measure", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("other", Key, primary_key=True),
    Column("calls", Integer, nullable=False),
    Index("quality_counts_of", "measure", "other", "key", "day"),
)  # fmt: skip

quality_followed = Table(
    "quality_followed", metadata,
    Column("counting", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
)  # fmt: skip

# ---- how rule packs do: beside the active one, and on what was said before

shadow_verdicts = Table(
    "shadow_verdicts", metadata,
    Column("pack", Key, primary_key=True),
    Column("call_id", Key, primary_key=True),
    Column("base", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("active_class", Key, nullable=False),
    Column("active_nature", Key, nullable=False),
    Column("active_department", Key, nullable=False),
    Column("shadow_class", Key, nullable=False),
    Column("shadow_nature", Key, nullable=False),
    Column("shadow_department", Key, nullable=False),
    Column("flipped", Boolean, nullable=False),
    Index("shadow_verdicts_flipped", "pack", "flipped", "at"),
)  # fmt: skip

back_tests = Table(
    "back_tests", metadata,
    Column("run_id", Key, primary_key=True),
    Column("draft_id", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    Index("back_tests_of", "draft_id", "at"),
)  # fmt: skip

# ---- outside the journal: bodies as they came, who may sign in

location_bodies = Table(
    "location_bodies", metadata,
    Column("digest", Key, primary_key=True),
    Column("received_at", Moment, nullable=False),
    Column("route", Key, nullable=False),
    Column("key_kind", Key, nullable=False),
    Column("key", Plain, nullable=False),
    Column("content_type", Plain, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("kind", Plain, nullable=False),
    Column("found", Integer, nullable=False),
    Column("faults", Text, nullable=False),
    Column("call_id", Key),
    Column("matched_at", Moment),
    Index("location_bodies_by_key", "key_kind", "key", "received_at"),
    Index("location_bodies_of", "call_id"),
    Index("location_bodies_by_time", "received_at"),
)  # fmt: skip
UNMATCHED = text("call_id IS NULL")
"""Bodies whose call is not known (yet)."""
Index(
    "location_bodies_waiting", location_bodies.c.received_at,
    sqlite_where=UNMATCHED, postgresql_where=UNMATCHED,
)  # fmt: skip

order_asides = Table(
    "order_asides", metadata,
    Column("digest", Key, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("route", Key, nullable=False),
    Column("department", Plain),
    Column("order_id", Plain),
    Column("code", Key, nullable=False),
    Column("why", Plain, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Index("order_asides_by_time", "at"),
)  # fmt: skip

dispatch_asides = Table(
    "dispatch_asides", metadata,
    Column("digest", Key, primary_key=True), Column("at", Moment, nullable=False),
    *(Column(name, Key, nullable=False) for name in ("code", "message_id", "call_id", "kind")),
    Column("why", Plain, nullable=False), Column("payload", LargeBinary, nullable=False),
    Index("dispatch_asides_by_time", "at"), Index("dispatch_asides_of", "call_id"),
)  # fmt: skip

users = Table(
    "users", metadata,
    Column("username", Key, primary_key=True),
    Column("display_name", Plain, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("department", Key),
    Column("language", Key, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)  # fmt: skip

sessions = Table(
    "sessions", metadata,
    Column("token_hash", Key, primary_key=True),
    Column("username", Key, nullable=False),
    Column("position", Plain),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("sessions_of", "username"),
)  # fmt: skip
