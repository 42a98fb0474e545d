"""What a text call tells its thread, in the same commit: an answer to send, and that it is over. Pure."""

from __future__ import annotations

from gateway.calls.model import CallSession, CallState
from gateway.calls.signals import CallSignal
from gateway.calls.texted import ResendText, WriteText
from gateway.desk.threads.signals import CallLetGo, TextAgain, TextWritten, ThreadSignal


def tells(before: CallSession | None, after: CallSession, signal: CallSignal) -> tuple[ThreadSignal, ...]:
    if before is None or after is before or after.text is None:
        return ()
    thread = after.text.thread
    told: list[ThreadSignal] = []
    match signal:
        case WriteText(text=text):
            index = after.text.written - 1
            told.append(
                TextWritten(
                    thread=thread, at=signal.at, call_id=after.call_id, index=index, text=text.strip()
                )
            )
        case ResendText(index=index, text=text):
            told.append(TextAgain(thread=thread, at=signal.at, call_id=after.call_id, index=index, text=text))
    over = after.state is CallState.ENDED and before.state is not CallState.ENDED
    if over:
        return (*told, CallLetGo(thread=thread, at=signal.at, call_id=after.call_id))
    return tuple(told)
