"""The words of the printed call sheet, in Chinese and English; codes as `gateway.triage.model` has them."""

from __future__ import annotations

from collections.abc import Mapping

Names = Mapping[str, tuple[str, str]]
"""A code to its name: zh, en."""

SOURCE: Names = {
    "text": ("短信", "Text"), "speech": ("语音", "Speech"), "rules": ("规则", "Rules"),
    "history": ("历史", "History"), "person": ("人工", "A person"), "shared": ("手机共享", "Shared by phone"),
}  # fmt: skip
"""What else a place came from (PIDF, ALI, AML, HELD) is named so in both languages."""
PART: Names = {
    "mix": ("双方", "Both"), "rx": ("报警人", "Caller"), "tx": ("接警员", "Call-taker"),
}  # fmt: skip
CLASS: Names = {
    "valid_alarm": ("有效警情", "Valid alarm"), "non_police": ("非警务求助", "Non-police"),
    "unsure": ("存疑", "Unsure"),
}  # fmt: skip
NATURE: Names = {
    "robbery": ("抢劫", "Robbery"), "theft": ("盗窃", "Theft"), "fraud": ("诈骗", "Fraud"),
    "fight": ("打架斗殴", "Fight"), "domestic_violence": ("家庭暴力", "Domestic violence"),
    "sexual_offence": ("性侵害", "Sexual offence"),
    "homicide_threat": ("杀人或威胁杀人", "Homicide or threat"), "kidnapping": ("绑架", "Kidnapping"),
    "missing_person": ("走失", "Missing person"), "suicide_risk": ("自杀危险", "Suicide risk"),
    "traffic_accident": ("交通事故", "Traffic accident"), "drunk_driving": ("酒驾", "Drunk driving"),
    "fire": ("火灾", "Fire"), "explosion_hazard": ("爆炸危险", "Explosion hazard"),
    "person_in_danger": ("人身遇险", "Person in danger"), "mass_event": ("群体性事件", "Mass event"),
    "gambling_drugs": ("赌博毒品", "Gambling, drugs"),
    "public_disturbance": ("扰乱秩序", "Disturbance"), "noise": ("噪声扰民", "Noise"),
    "lost_property": ("遗失物品", "Lost property"),
    "police_complaint": ("投诉民警", "Police complaint"),
    "other_crime": ("其他违法犯罪", "Other crime"), "none": ("无", "None"),
}  # fmt: skip
DEPARTMENT: Names = {
    "labour_bureau": ("劳动保障 12333", "Labour 12333"),
    "market_supervision": ("市场监管 12315", "Market 12315"),
    "urban_construction": ("城建 12319", "Construction 12319"),
    "legal_service_centre": ("法律服务 12348", "Legal service 12348"),
    "telecommunications_bureau": ("通信管理 12300", "Telecoms 12300"),
    "public_hotline_12345": ("政务热线 12345", "Hotline 12345"),
}  # fmt: skip
VETO: Names = {
    "weapon": ("凶器", "Weapon"), "injury": ("受伤", "Injury"), "fire": ("火或燃气", "Fire, gas"),
    "child": ("儿童", "Child"), "suicide": ("自杀", "Suicide"), "confined": ("被困", "Confined"),
    "cannot_speak": ("不便说话", "Cannot speak"), "threat_to_life": ("生命威胁", "Threat to life"),
}  # fmt: skip
END: Names = {
    "COMPLETED": ("正常结束", "Completed"), "ABANDONED": ("未接即挂", "Abandoned"),
    "TRANSFERRED": ("已转出", "Transferred"), "FAILED": ("接续失败", "Failed"),
    "LOST": ("结束未知", "End unknown"),
}  # fmt: skip
FIELD: Names = {
    "caller_number": ("来电号码", "Number"), "callback_number": ("回拨号码", "Call-back"),
    "dialed": ("拨打", "Dialled"), "address": ("地址", "Address"), "position": ("坐标", "Position"),
    "class": ("类别", "Class"), "nature": ("警情", "Nature"), "priority": ("优先", "Priority"),
    "department": ("部门", "Department"), "partners": ("联动", "Call in"), "weapon": ("凶器", "Weapon"),
    "people_injured": ("伤者", "Injured"), "vehicle": ("车辆", "Vehicle"), "plate": ("车牌", "Plate"),
    "phone": ("电话", "Phone"), "loss": ("损失", "Loss"), "time": ("时间", "Time"),
    "name": ("姓名", "Name"), "suspect": ("嫌疑人", "Suspect"), "people": ("人数", "People"),
    "children": ("儿童", "Children"), "relationship": ("关系", "Relation"), "goods": ("财物", "Goods"),
    "direction": ("去向", "Went"), "language": ("语言", "Language"), "summary": ("摘要", "Summary"),
    "next_question": ("下一问", "Ask next"),
}  # fmt: skip
MOVED: Names = {
    "asked": ("已请求", "Asked for"), "sent": ("交换机已接受", "Taken by the PBX"),
    "ringing": ("对方振铃", "Rings there"), "answered": ("对方已接", "Answered there"),
    "completed": ("已交出", "Handed over"), "refused": ("未成", "Not done"),
    "no_answer": ("无人接，已回来", "No answer, back here"), "returned": ("已回来", "Back here"),
    "cancelled": ("已取消", "Called off"),
    "unknown": ("结果未知，请核对后再按一次", "Nobody knows: look, then press again"),
    "live": ("已接通", "In the call"), "ended": ("已结束", "Over"),
}  # fmt: skip
PRIORITY: Names = {
    "1": ("有生命危险", "life in danger"), "2": ("正在发生", "in progress"),
    "3": ("需出警，不急", "not urgent"), "4": ("无需出警", "no police"),
}  # fmt: skip
ORIGIN: Names = {
    "walk_in": ("来人报警", "Walk-in"), "radio": ("电台", "Radio"), "phone": ("系统外电话", "Another phone"),
    "outage": ("故障期间纸单", "Paper from an outage"),
}  # fmt: skip
WHOM: Names = {
    "caller": ("回拨报警人", "Rang the caller"), "witness": ("外呼证人", "Rang a witness"),
    "partner": ("外呼联动单位", "Rang a partner"), "department": ("外呼部门", "Rang a department"),
    "other": ("外呼其他", "Rang somebody"), "": ("外呼", "Rang"),
}  # fmt: skip
ORDER: Names = {
    "draft": ("草稿", "Draft"), "sent": ("待接收", "To be accepted"), "accepted": ("已接收", "Accepted"),
    "returned": ("已退回", "Returned"), "reassigned": ("改派待接收", "Reassigned"),
    "in_work": ("办理中", "In work"),
    "answered": ("已答复", "Answered"), "told": ("已告知", "Caller told"), "closed": ("已办结", "Closed"),
    "disputed": ("有争议", "Disputed"),
}  # fmt: skip
