"""One shape for every error, in the reader's language, and the headers every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web

from gateway.desk import quiet
from gateway.desk.orders.refusals import REFUSALS
from gateway.ports import StoreUnavailable

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MESSAGES: Mapping[str, tuple[int, str, str]] = {
    "not_signed_in": (401, "请先登录。", "Sign in first."),
    "bad_credentials": (401, "用户名或密码不正确。", "User name or password is wrong."),
    "too_many_attempts": (429, "尝试次数过多,请稍后再试。", "Too many attempts. Wait, then try again."),
    "bad_signature": (
        401, "签名不正确，未接收。请核对密钥与签名方式。",
        "The signature is wrong: nothing was taken. Compare the secret and what is signed.",
    ),
    "https_required": (403, "请用 https 打开本页后登录。", "Open this page over https to sign in."),
    "forbidden": (403, "您的角色无权执行此操作。", "Your role does not allow this."),
    "not_same_origin": (
        403, "请求不是从本系统页面发出的。",
        "The request did not come from this system's pages.",
    ),
    "open_recording_first": (
        403, "请先说明用途再打开录音。",
        "State your purpose and open the recording first.",
    ),
    "print_sheet_first": (
        403, "请先说明打印用途。", "State what the sheet is for first: it is written down, then served.",
    ),
    "not_found": (404, "没有这样的内容。", "There is no such thing."),
    "recording_not_stored": (404, "录音尚未归档。", "The recording is not in the archive yet."),
    "method_not_allowed": (405, "不支持这种操作。", "This cannot be done here."),
    "stale_rev": (
        409, "内容已被他人更新,请看过最新内容再提交。",
        "It has changed since you saw it. Look, then try again.",
    ),
    "written_before": (
        409, "这一项刚由他人填写，两者都在，请选一个。填写人：",
        "Somebody wrote this before you; both stand, choose one. Written by:",
    ),
    "already_finished": (409, "已由他人办结，未再改动。办结人：", "Already finished, nothing changed. By:"),
    "finished": (
        409, "接警单已办结，须由班长重新打开才能修改。办结人：",
        "The card is finished; a supervisor can open it again. Finished by:",
    ),
    "not_over": (
        409, "该来电尚未结束，或仍有未了事项，不能删除。",
        "The call is not over, or something of it is still owed: it cannot be erased yet.",
    ),
    "already_erased": (409, "该来电已依法删除。", "The call was erased already."),
    "not_finished": (409, "接警单尚未办结。", "The card is not finished."),
    "seat_taken": (409, "该席位已有人：", "Somebody sits there:"),
    "unknown_position": (
        409, "没有这个席位。可选席位见配置 [[desk.positions]]。",
        "There is no such position; [[desk.positions]] lists them.",
    ),
    "no_seat": (409, "您还没有就座。", "You sit at no position."),
    "unknown_desk": (409, "话务交换机的队列里没有这个席位。", "The PBX's queues have no such member."),
    "pause_pending": (
        409, "上一次暂停还没有结果，请稍候。", "The last pause is not answered yet. Wait a moment.",
    ),
    "unknown_scenario": (409, "没有这个演练脚本。", "There is no such scenario."),
    "unknown_training_run": (409, "没有这次演练，或已结束。", "There is no such run, or it is over."),
    "run_under_way": (409, "该席位正在演练。", "A run is under way at that position."),
    "too_many_runs": (409, "同时进行的演练太多，请先结束一个。", "Too many runs at once: end one first."),
    "unknown_speed": (409, "速度只能是 0.5、1、1.5、2、4。", "The speed is 0.5, 1, 1.5, 2 or 4."),
    "nobody_sits_there": (
        409, "该席位没有人，请学员先就座。", "Nobody sits there: let the trainee take the seat first."
    ),
    "nobody_rings": (409, "现在没有电话振铃。", "No phone rings now."),
    "nobody_on_line": (409, "现在没有人在线上。", "Nobody is on the line now."),
    "unknown_call": (409, "没有这个来电。", "There is no such call."),
    "not_saved": (
        409, "尚未保存,系统仍在重试;再次提交前请先核对。",
        "Not saved yet; it is still tried. Look before you send again.",
    ),
    "unknown_recording": (409, "没有这个录音。", "There is no such recording."),
    "not_stored": (409, "录音尚未归档。", "The recording is not in the archive yet."),
    "unknown_location": (409, "没有这个位置。", "This call has no such fix."),
    "not_set": (
        409, "这个位置不是人工标注或选定的，或已被替换。",
        "Nobody set or chose this place, or another one leads by now.",
    ),
    "nothing_to_ask": (
        409, "没有可用于查询的号码或位置引用。", "There is neither a number nor a reference to ask by."
    ),
    "ended": (409, "来电已结束。", "The call is over."),
    "unknown_target": (
        409, "部门目录中没有这个部门或号码。", "The directory has no such department or number."
    ),
    "pending": (409, "已在进行，请等待结果；要改请先取消。", "It is under way: wait, or call it off first."),
    "target_closed": (
        409, "对方现在不在岗；仍要转交请确认。",
        "Nobody is there now; to hand over all the same, confirm it.",
    ),
    "danger_unconfirmed": (
        409, "来电中有危险迹象，转交部门须先确认。",
        "There are signs of danger in this call: handing it to a department must be confirmed.",
    ),
    "ringing_unconfirmed": (
        409, "来电人可能不便接听，铃声会暴露其位置；回拨须先确认。",
        "A ringing phone may give this caller away: calling back must be confirmed.",
    ),
    "no_desk_leg": (
        409, "现在没有接警员与来电人通话，请先接起再操作。",
        "No call-taker speaks with this caller now: answer the call first.",
    ),
    "in_room": (
        409, "三方通话中不能先咨询后转接；请再接入一方，或直接转接。",
        "In a three-party call nobody is put on hold: call another party in, or pass the caller on.",
    ),
    "unknown_handover": (404, "本次来电没有这项转交。", "This call has no such hand-over."),
    "not_answered": (
        409, "对方尚未接听，请等待或取消。", "Nobody has answered there yet: wait, or call it off."
    ),
    "over": (409, "该转交已结束。", "That hand-over is over."),
    "still_live": (409, "来电人仍在线，无需回拨。", "The caller is still on the line."),
    "phone_in_use": (
        409, "您的话机正与来电人通话；请用三方通话，或由另一席位拨打。",
        "Your phone is in this call: use a three-party call, or let another desk ring.",
    ),
    "no_number": (409, "没有可回拨的号码。", "The caller's number is not known."),
    "no_position": (
        409, "不知道该响哪部话机，请选择席位后再试。",
        "It is not known whose phone is to ring: choose a desk.",
    ),
    "no_directory": (409, "未配置部门目录。", "No directory of departments is configured."),
    "in_the_future": (
        409, "发生时间晚于现在，请核对。现在：", "The time of the event is in the future. It is now:",
    ),
    "too_long_ago": (
        409, "发生时间太早，不能补录：", "The event is too long ago to be entered:",
    ),
    "already_entered": (409, "这条记录已经录入。", "This record is entered already."),
    "not_manual": (409, "这不是人工录入的记录。", "This is no record that a person entered."),
    "record_linked": (
        409, "已认定为同一警情，请先取消：", "Linked already; undo that first:",
    ),
    "limit": (409, "已达上限。", "A limit is reached."),
    "unknown_draft": (409, "没有这个草稿，可能已启用或已撤回。", "No such draft: it is active or withdrawn."),
    "unknown_pack": (404, "没有这个规则包。", "There is no such rule pack."),
    "wrong_status": (
        409, "草稿当前状态不能这样做，请刷新查看。", "The draft is not at that step now. Look again.",
    ),
    "own_draft": (
        409, "参与编写的人不能批准该草稿，请由另一人批准。",
        "Who wrote in a draft does not approve it. Ask another person.",
    ),
    "already_approved": (
        409, "您已批准过，还需另一人批准。", "You approved it already. Another person must, too.",
    ),
    "already_testing": (409, "回测正在进行，请等待结果。", "A back-test is under way. Wait for it."),
    "not_tested": (
        409, "当前内容尚未回测，请先运行回测。",
        "No back-test of exactly this content is done. Start one first.",
    ),
    "missed_alarms": (
        409, "回测发现漏警（有效警情被判为非警务），须为0才能继续；请按清单修改规则后重新回测。",
        "The back-test found missed alarms; there must be none. Mend the rules by its list, then test again.",
    ),
    "veto_uncovered": (
        409, "安全否决词表未覆盖否决语料（或语料缺失），请修改词表后重新回测。",
        "The veto stays quiet on sentences of the veto corpus, or that is missing. Mend it, test again.",
    ),
    "stale_base": (
        409, "草稿基于的规则包已不是当前启用的，请先并入当前规则包，再回测。",
        "Another pack is active since this draft was begun. Take its changes over, then test again.",
    ),
    "unchanged": (409, "草稿与当前启用的规则包相同。", "The draft is the same as the active pack."),
    "not_approved": (
        409, "批准人数不足（涉及安全否决词表须两人）。",
        "More persons must approve it (two where the veto lists are touched).",
    ),
    "no_shadow": (
        409, "尚未影子运行；请先影子运行，或写明直接启用的理由。",
        "It never ran in shadow. Start that first, or give the reason to go without.",
    ),
    "shadow_taken": (
        409, "已有草稿在影子运行，请先停止。", "Another draft runs in shadow. Stop that one first.",
    ),
    "reason_needed": (409, "请写明理由。", "Give the reason."),
    "no_previous": (409, "没有更早的规则包可回退。", "There is no earlier pack to go back to."),
    "no_pack": (409, "尚无启用的规则包，见健康页。", "The site has no active pack yet. See the health page."),
    "unusable_model": (
        409, "第二意见模型未通过检查，未更换：", "The model does not pass its check, nothing was changed:",
    ),
    "same_opinion": (
        409, "这个模型正在使用，未作更改。", "This model is in use already: nothing was changed.",
    ),
    "no_opinion": (
        409, "本站未启用第二意见：请在 gateway.toml 的 [triage] 中写上 second_opinion，再启动。",
        "This site wants no second opinion: write [triage] second_opinion in gateway.toml and start anew.",
    ),
    "unusable_pack": (409, "规则包不能编译：", "The rule pack cannot be compiled:"),
    **quiet.REFUSALS,
    **{code: (409, chinese, english) for code, (chinese, english) in REFUSALS.items()},
    "linked_elsewhere": (
        409, "该来电已属于另一事件：先取消关联，或合并两个事件。",
        "The call belongs to another incident. Unlink it first, or merge the two.",
    ),
    "not_linked": (409, "该来电没有关联事件。", "This call is linked with no incident."),
    "unknown_incident": (409, "没有这个事件。", "There is no such incident."),
    "incident_over": (409, "该事件已合并或已解散。", "This incident was merged or dissolved."),
    "incident_full": (
        409, "该事件的来电已达上限（100）：请另建一个事件，标题可相同。",
        "The incident holds as many calls as it can (100). Make a second one; it may bear the same title.",
    ),
    "unknown_plan": (409, "没有这个预案。", "There is no such plan."),
    "plan_running": (409, "该预案已启动，启动人：", "This plan runs already. Started by:"),
    "unknown_run": (404, "没有这次预案执行。", "There is no such run of a plan."),
    "plan_over": (409, "该预案已结束。", "This plan is over."),
    "unknown_item": (409, "预案中没有这一项。", "The plan has no such item."),
    "no_task": (409, "该来电没有待回拨任务。", "This call left no call-back."),
    "task_closed": (409, "回拨任务已了结：", "The call-back is closed:"),
    "task_claimed": (409, "回拨任务已由他人认领：", "The call-back was taken by:"),
    "not_suspected": (409, "该来电没有被列为疑似。", "This call is not suspected."),
    "wrong_key": (403, "密钥缺失或不正确，未执行。", "The key is missing or wrong: nothing was done."),
    "unknown_text": (404, "没有这条短信，或已过期。", "No such text was sent, or it is too long ago."),
    "no_link": (409, "现在没有可用的链接。", "No link can be used now."),
    "just_sent": (409, "刚刚发送过，请稍候再发。", "One was sent a moment ago. Wait, then try again."),
    "link_unconfirmed": (
        409, "手机铃声可能暴露来电人，或号码已隐藏、不是手机：发送链接须先确认。",
        "A ringing phone may give the caller away, or the number is withheld or no mobile: confirm it.",
    ),
    "no_sender": (
        409, "未配置短信通道（[texts.sender]），不能发送链接。",
        "No sender of texts is configured ([texts.sender]): no link can be sent.",
    ),
    "no_page": (
        409, "未配置来电人页面（[texts.share]），不能发送链接。",
        "No page for callers is configured ([texts.share]): no link can be sent.",
    ),
    "unknown_picture": (404, "本次来电没有这张照片。", "This call has no such picture."),
    "open_picture_first": (
        403, "请先说明用途再查看照片。", "State your purpose and open the pictures first.",
    ),
    "not_text": (409, "这不是文字报警。", "This is no text call."),
    "no_line": (
        409, "该警情不是电话来电，不能转接、回拨或监听。",
        "This is no telephone call: it cannot be passed on by telephone, called back or listened to.",
    ),
    "text_claimed": (409, "已由他人认领：", "Somebody has it already:"),
    "text_unclaimed": (409, "请先认领该文字报警。", "Claim this text call first."),
    "nobody_there": (409, "该席位现在无人在岗。", "Nobody sits at that position now."),
    "unknown_message": (404, "没有这条消息。", "There is no such message."),
    "refused": (409, "未能执行。", "It was refused."),
    "too_large": (413, "内容过长。", "That is too long."),
    "invalid": (422, "内容不符合要求。", "Something in it is not right."),
    "busy": (503, "系统繁忙,请稍后再试。", "Too busy now. Try again in a moment."),
    "not_available": (
        503, "数据库暂时不可用,来电不受影响。",
        "The database does not answer now. Calls go on.",
    ),
    "not_taken": (
        503, "等待匹配来电的位置消息过多，未接收，请稍后重发。",
        "Too many location bodies wait for a call: this one is not taken. Send it again later.",
    ),
    "internal": (500, "系统内部错误,已记录。", "Something went wrong here. It has been logged."),
}  # fmt: skip
"""Code to status and the sentence a person reads."""

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


Both = tuple[str, str]
"""The same sentence in Chinese and in English."""


class ApiError(Exception):
    """The request cannot be done: `code` is one of MESSAGES, `field` the place of what is wrong, `detail`
    follows the code's sentence."""

    def __init__(
        self,
        code: str,
        *,
        detail: str | Both | None = None,
        field: str | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.field, self.retry_after_s = code, detail, field, retry_after_s


def language_of(request: web.Request) -> str:
    """zh-CN, or en where the browser asks for English first."""
    return "en" if request.headers.get("Accept-Language", "").strip().lower().startswith("en") else "zh-CN"


def answer(request: web.Request, error: ApiError) -> web.Response:
    """The one error shape."""
    known = error.code if error.code in MESSAGES else "refused"
    status, chinese, english = MESSAGES[known]
    detail = error.detail if isinstance(error.detail, tuple) else (error.detail, error.detail)
    zh, en = (" ".join(filter(None, pair)) for pair in zip((chinese, english), detail, strict=True))
    message = en if language_of(request) == "en" else zh
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    told = {"code": error.code, "message": message, "message_zh": zh, "message_en": en, "field": error.field}
    return web.json_response({"error": told}, status=status, headers=headers)


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost layer: whatever goes wrong inside becomes one answer, and no stack leaves the house."""
    try:
        return await handler(request)
    except ApiError as error:
        return answer(request, error)
    except StoreUnavailable as error:
        log.warning("page not answered, the database is away", path=request.path, error=str(error))
        return answer(request, ApiError("not_available", retry_after_s=2))
    except web.HTTPException as error:
        codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
        if error.status in codes:
            return answer(request, ApiError(codes[error.status]))
        raise
    except Exception:
        log.exception("page failed", path=request.path, method=request.method)
        return answer(request, ApiError("internal"))


async def add_training_mark(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: every answer of the training says so, to people's pages and to programs."""
    response.headers["X-Intake110-Training"] = "1"


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: on every answer, streams and files too. What the API says is kept by no cache."""
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
