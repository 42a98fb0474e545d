"""Whether a text is a letter or a post to an office and not a call for help.

Such a text tells at length what went before: whom somebody threatened, what might burn, that children pass
by. Read like a call each would be an alarm. So rules and vetoes take what a letter tells for background and
heed only danger said outright (`always` of a veto list). A caller does not speak so; one who reads a letter
to the call-taker would be heard in the same way, and a person is on the line.
"""

from __future__ import annotations

import re

LEAST_CHARACTERS = 40
"""A shorter text is never taken for a letter."""
SIGNS = 3
"""Different signs of an office's mail that make a letter of a text without a salutation, an asking one among
them."""
READ_CHARACTERS = 4_000
"""Only so much is looked at: a letter shows itself early."""

_OFFICE = (
    "(?:书记|市长|县长|局长|厅长|省长|区长|镇长|乡长|主任|院长|校长|部长|处长|站长|领导|政府|部门|委员会|纪委|"
    "(?:环保|教育|卫生|卫计|人社|人保|劳动|住建|城建|规划|国土|交通|民政|城管|工商|质监|食药监|药监|物价|司法|林业|水利|"
    "农业|税务|房产|房管|市政|园林|文化|旅游|发改|财政|审计|商务|电力|安监|信访)(?:局|厅|委|部门)|街道办|居委会|村委会|管委会)"
)
_SALUTATION = re.compile(
    rf"尊敬的|敬爱的|各位领导|{_OFFICE}[,，、:：\s]{{0,2}}(?:您好|你好|好[!！,，])|^[^。，,]{{0,12}}{_OFFICE}[:：]|此致|"
    "领导(?:您|你)好|请愿书|实名举报|(?:市长|书记|县长)信箱"
)
_ASKING = (
    re.compile(
        rf"(?:恳请|恳求|希望|盼望|期盼|请求|敬请|呼吁|强烈要求|建议|望|请|盼)[^。！？]{{0,24}}"
        rf"(?:{_OFFICE}|解决|处理|重视|关注|查处|调查|整治|整改|落实|答复|回复|督促|协调|取缔|核实|规划|改善)"
    ),
    re.compile(
        r"(?:反映|反应|举报|投诉|咨询|请教|请问)(?:一下|如下|以下|一个|几个|下)?[^。！？]{0,16}"
        r"(?:问题|情况|事情|政策|规定|现象|怎么办|为什么|如何|是否|何时|能否|事宜)"
    ),
    re.compile(r"关于[^。！？]{1,40}(?:问题|建议|投诉|反映|请求|诉求|报告|情况|咨询|举报|申请|质疑)"),
)
_OTHER = (
    re.compile("居民|业主|市民|村民|百姓|群众|职工|住户|家长|网友|患者|考生"),
    re.compile(
        "严重影响|苦不堪言|怨声载道|民不聊生|不作为|乱作为|推诿|踢皮球|无人问津|屡禁不止|敢怒不敢言|为民做主|主持公道|"
        "还百姓|老百姓|监管|隐患|合法权益|无果|多次反映|多次投诉|未果|至今|政策|文件|规定"
    ),
    re.compile(_OFFICE),
)


def is_letter(text: str) -> bool:
    """Whether `text` (folded) is written to an office: it greets one, or it asks and bears two more signs."""
    if len(text) < LEAST_CHARACTERS:
        return False
    head = text[:READ_CHARACTERS]
    asking = sum(1 for sign in _ASKING if sign.search(head))
    signs = asking + sum(1 for sign in _OTHER if sign.search(head))
    if _SALUTATION.search(head):
        return signs > 0
    return asking > 0 and signs >= SIGNS
