"""What a caller reads, in both languages. Short words for somebody who is afraid."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language of the page; `code` is its BCP 47 tag, `other` the switch to the other one."""

    code: str
    other: str
    other_code: str
    title: str
    danger: str
    start_lead: str
    start: str
    start_note: str
    lead: str
    where: str
    where_once: str
    where_follow: str
    where_stop: str
    where_no_script: str
    where_wait: str
    where_done: str
    where_following: str
    where_denied: str
    where_failed: str
    where_offline: str
    write: str
    write_label: str
    write_hint: str
    write_send: str
    pictures: str
    pictures_label: str
    pictures_hint: str
    pictures_send: str
    received: str
    nothing_yet: str
    texts_n: str
    pictures_n: str
    position_at: str
    done_text: str
    done_picture: str
    gone_title: str
    gone: str
    used_title: str
    used: str
    busy_title: str
    busy: str
    back: str
    call: str
    problems: dict[str, str]


ZH = Words(
    code="zh-CN", other="English", other_code="en",
    title="向110发送信息",
    danger="有危险请直接拨打110，不要等待本页。",
    start_lead="110接警员请您发送位置、文字或照片。",
    start="开始",
    start_note="链接只能在一部手机上使用。请用正在使用的手机打开。",
    lead="您发送的内容只有110接警员能看到。通话可以继续。",
    where="1. 我的位置",
    where_once="发送我的位置",
    where_follow="持续发送位置",
    where_stop="停止发送位置",
    where_no_script="此浏览器不能发送位置。请在下面用文字写出地点。",
    where_wait="正在定位……",
    where_done="位置已发送。",
    where_following="正在持续发送位置，请保持本页打开。",
    where_denied="手机不允许本页读取位置。请在手机设置中允许，或在下面用文字写出地点。",
    where_failed="暂时不能定位。请到窗边或室外再试，或在下面用文字写出地点。",
    where_offline="没有发出去。请检查网络后再试。",
    write="2. 写文字",
    write_label="发生了什么？在哪里？",
    write_hint="最多1000字",
    write_send="发送文字",
    pictures="3. 发照片",
    pictures_label="选择或拍摄照片",
    pictures_hint="JPEG或PNG，每张最大12 MB，最多12张。只在安全时拍摄。",
    pictures_send="发送照片",
    received="已收到",
    nothing_yet="还没有收到内容。",
    texts_n="文字{n}条",
    pictures_n="照片{n}张",
    position_at="位置已收到",
    done_text="文字已收到。",
    done_picture="照片已收到。",
    gone_title="此链接不能使用",
    gone="链接无效或已过期。如需帮助，请拨打110。",
    used_title="此链接已使用",
    used="链接已在另一部手机上打开。请接警员重新发送，或拨打110。",
    busy_title="请稍等",
    busy="现在请求太多，请过一会儿再试。紧急时请拨打110。",
    back="返回",
    call="拨打110",
    problems={
        "empty_text": "请先写文字再发送。",
        "long_text": "文字太长，请分几次发送（每次最多1000字）。",
        "empty_picture": "请先选择照片再发送。",
        "not_a_picture": "这个文件不是照片，没有收下。请选择JPEG或PNG照片。",
        "heic": "这种照片格式（HEIC）不能接收。请用截屏发送，或在相机设置中选“兼容性最佳”。",
        "broken": "照片不完整，没有收下。请再发一次。",
        "too_large": "照片太大，没有收下。请发送较小的照片或截屏。",
        "limit": "已达到可以发送的数量。请口头告诉接警员。",
        "no_room": "现在不能保存，请再试一次，或口头告诉接警员。",
        "invalid": "没有收下，请再试一次。",
    },
)  # fmt: skip

EN = Words(
    code="en", other="中文", other_code="zh",
    title="Send to 110",
    danger="In danger, call 110 at once. Do not wait for this page.",
    start_lead="The 110 call-taker asks you for your position, text or pictures.",
    start="Start",
    start_note="The link works on one phone only. Open it on the phone you are using.",
    lead="Only the 110 call-taker sees what you send. You can go on talking.",
    where="1. Where I am",
    where_once="Send my position",
    where_follow="Keep sending my position",
    where_stop="Stop sending my position",
    where_no_script="This browser cannot send your position. Write below where you are.",
    where_wait="Looking for your position…",
    where_done="Your position was sent.",
    where_following="Your position is being sent. Keep this page open.",
    where_denied="The phone does not let this page read your position. Allow it in the settings, or write"
    " below where you are.",
    where_failed="Your position cannot be found now. Try at a window or outside, or write below where you"
    " are.",
    where_offline="It was not sent. Check the network and try again.",
    write="2. Write",
    write_label="What happened? Where?",
    write_hint="1000 characters at most",
    write_send="Send text",
    pictures="3. Pictures",
    pictures_label="Choose or take pictures",
    pictures_hint="JPEG or PNG, 12 MB each, 12 pictures at most. Take pictures only where it is safe.",
    pictures_send="Send pictures",
    received="Received",
    nothing_yet="Nothing received yet.",
    texts_n="Texts: {n}",
    pictures_n="Pictures: {n}",
    position_at="Position received",
    done_text="Your text was received.",
    done_picture="Your picture was received.",
    gone_title="This link cannot be used",
    gone="The link is wrong or has expired. If you need help, call 110.",
    used_title="This link is used",
    used="It was opened on another phone. Ask the call-taker for a new one, or call 110.",
    busy_title="Please wait",
    busy="Too many requests just now. Try again in a moment. In an emergency call 110.",
    back="Back",
    call="Call 110",
    problems={
        "empty_text": "Write something first.",
        "long_text": "The text is too long. Send it in parts of at most 1000 characters.",
        "empty_picture": "Choose a picture first.",
        "not_a_picture": "This file is no picture and was not taken. Choose a JPEG or PNG picture.",
        "heic": "This kind of picture (HEIC) cannot be taken. Send a screenshot, or set the camera to “Most"
        " compatible”.",
        "broken": "The picture is incomplete and was not taken. Send it again.",
        "too_large": "The picture is too large and was not taken. Send a smaller one or a screenshot.",
        "limit": "No more can be sent. Tell the call-taker by voice.",
        "no_room": "It cannot be saved now. Try again, or tell the call-taker by voice.",
        "invalid": "It was not taken. Try again.",
    },
)  # fmt: skip
