# ruff: noqa: E501 (tables and expressions are read more easily in one line)
"""Things in it: weapons in somebody's hand, vehicles, plates, telephone numbers, what was taken, and what it
is worth."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.text.amounts import find_money
from gateway.text.numerals import NUMBER_EN, NUMBER_ZH
from gateway.text.phones import find_phones
from gateway.text.plates import find_plates
from gateway.triage.extract.found import Found
from gateway.triage.scope import Scope, scope_of

_WEAPON = re.compile(
    r"菜刀|水果刀|砍刀|朴刀|弯刀|蝴蝶刀|瑞士军刀|斩骨刀|开山刀|柴刀|镰刀|匕首|弹簧刀|折叠刀|尖刀|杀猪刀|剔骨刀|美工刀|西瓜刀|长刀|短刀|大刀|军刺|三棱刀|剪刀|剪子|裁纸刀|手术刀|玩具枪|仿真枪|手枪|气枪|猎枪|鸟枪|钢珠枪|射钉枪|土枪|步枪|冲锋枪|"
    r"弓弩|弩|枪(?!毙|手|战)|斧头|斧子|锤子|铁锤|榔头|棒球棍|棒球棒|铁棍|木棍|钢棍|警棍|甩棍|钢管|铁管|水管|铁链|链子锁|棍子|棒子|铁锹|铁铲|铲子|锄头|钉耙|扁担|啤酒瓶|酒瓶|玻璃瓶|碎玻璃|皮带|板凳|凳子|椅子|砖头|石头|扳手|"
    r"撬棍|螺丝刀|改锥|锥子|电棍|电击器|电击枪|辣椒水|防狼喷雾|汽油|硫酸|炸药|雷管|手榴弹|子弹|鞭炮|擀面杖|铁锨|套筒扳手|管钳|针管|针筒|注射器|电锯|电钻|刀子|刀片|小刀|刀|棍|"
    r"\b(?:box cutter|stanley knife|penknife|wheel brace|tyre iron|sticks|bats|pipes|kitchen knife|fruit knife|pocket knife|butcher knife|chopper|cleaver|knife|knives|blade|razor|scissors|hand ?gun|gun|pistol|revolver|rifle|shotgun|air gun|toy gun|firearm|machete|axe|ax|hatchet|hammer|baseball bat|bat|iron bar|metal bar|steel pipe|"
    r"metal pipe|iron pipe|pipe|crowbar|wrench|chain|sticks?|bats|club|brick|rock|broken glass|broken bottle|bottle|belt|screwdriver|sword|syringe|needle|pepper spray|taser|bomb|grenade|gasoline|petrol|acid|chainsaw)\b"
)
_HAND = r"(?:手[里上头中](?:都|还|也|就|好像)?有?|拿|持|带|抄|拎|用|举|挥|握|揣|掏|亮|拔|操|提|抡|架|攥|捏|背|扛|甩|藏|别着|拖|绑|泼|浇|[把根]|有)"
_IN_HAND_BEFORE = re.compile(
    rf"{_HAND}[^。！？]{{0,8}}$|\b(?:with|has|had|have|got|holding|hold|carrying|carry|pulled|pull|waving|wave|using|use|took out|take out|grabbed|threw|throwing|raised|pointed|pointing|swinging|'s|bring|brought)\b[^.!?]{{0,25}}$"
)
_IN_HAND_AFTER = re.compile(
    r"^[^。！？，,]{0,6}(?:捅|砍|砸|扎|抽|打|顶|架|划|刺|指|威胁|逼|堵|戳|抡|追|要杀)|^ (?:in (?:his|her|their) hand|to my|at me|at us|at him)"
)
_NO_WEAPON = re.compile(
    r"^(?:两断|削|具|割麻|片|鱼|工|店|刀见血|手|战|法|疤|杆|口上|架|锋|叉|会|厂|版|城|迷|乐|费)"
)
_OWN_TOOL = re.compile(
    r"砸(?:玻璃|窗|门|开)[^，。]{0,4}(?:救|出来)|救人|工人|干活|切菜|做饭|削苹果|切[肉钢]|挡一下|挡着|防身|video game|cooking|自己[^，。]{0,3}手"
)
_HOUSEHOLD = re.compile(
    r"瓶|凳|椅|石头|砖头|皮带|链|水管|铁管|扁担|扳手|管钳|玻璃|针|鞭炮|铲|锄|锨|锹|剪|\b(?:pipe|chain|sticks?|bats|club|brick|rock|glass|bottle|belt|wrench|needle|syringe|scissors)\b"
)
"""No weapon until somebody strikes or threatens with it."""
_VIOLENT = re.compile(
    r"[砸打抽捅扎攮砍敲抡追抄拎挥泼扔飞揍架指]|威胁|干起来|动手|救命|放好|\b(?:hit|hitting|beat|beating|threat\w*|attack\w*|smash\w*|swing\w*|threw|throw\w*|chas\w*|fight\w*|stab\w*|break\w*|broke|wav\w*|kill\w*|point\w*|cut)\b"
)
_GENERAL = ("刀", "枪", "棍", "瓶", "knife", "gun", "bat", "pipe", "bottle")


def weapons(text: str) -> Iterator[Found]:
    """Weapons that somebody has or uses; what was denied or belongs to a film is left out."""
    for match in _WEAPON.finditer(text):
        start, end = match.span()
        held = _IN_HAND_BEFORE.search(text[max(0, start - 30) : start]) or _IN_HAND_AFTER.search(
            text[end : end + 14]
        )
        around = text[max(0, start - 12) : end + 12]
        wide = text[max(0, start - 30) : start] + text[end : end + 30]
        if _HOUSEHOLD.search(match[0]) and not _VIOLENT.search(wide):
            continue
        if (
            held
            and not _NO_WEAPON.match(text[end:])
            and not _OWN_TOOL.search(around)
            and scope_of(text, start, end) is Scope.SAID
        ):
            yield Found("weapon", match[0], start, end, 0.7 if match[0] not in _GENERAL else 0.6)


_COLOUR = "黑色?|白色?|红色?|大红色?|枣红色?|灰色?|蓝色?|深蓝色?|银色?|银灰色?|黄色?|绿色?|金色|橙色|橘色|棕色|紫色|粉色|深色|浅色|香槟色"
_MAKE = "奔驰|宝马|奥迪|大众|丰田|本田|日产|别克|福特|现代|起亚|比亚迪|特斯拉|五菱|长安|吉利|奇瑞|哈弗|长城|雪佛兰|马自达|路虎|保时捷|雷克萨斯|凯迪拉克|沃尔沃|标致|雪铁龙|斯柯达|捷豹|荣威|传祺|红旗|理想|蔚来|小鹏|问界|极氪|江淮|东风|解放|依维柯|金杯|雅迪|爱玛|台铃|帕萨特|桑塔纳|捷达|朗逸|凯美瑞|卡罗拉|雅阁|思域"
_BODY = "小轿车|轿车|面包车|越野车|越野|商务车|商务|小货车|大货车|货车|卡车|皮卡|跑车|出租车|网约车|公交车|大巴|中巴|客车|校车|摩托车?|电动车|电瓶车|电动自行车|自行车|单车|三轮车?|三蹦子|suv|小车|救护车|警车|拖拉机|工程车|渣土车|水泥罐车|罐车|油罐车|吊车|铲车|挖掘机|挖机|叉车|洒水车|房车|老头乐"
_MAKE_EN = "toyota|honda|bmw|benz|mercedes|audi|volkswagen|vw|ford|tesla|byd|nissan|buick|hyundai|kia|chevrolet|mazda|volvo|porsche|lexus|jeep|land rover|range rover|wuling"
_BODY_EN = "car|van|minivan|truck|lorry|suv|sedan|motorbike|motorcycle|motor bike|scooter|e-?bike|electric bike|electric scooter|bicycle|bike|bus|taxi|cab|pickup|tricycle|didi|coach|trailer"
_COLOUR_EN = "white|black|red|blue|silver|grey|gray|green|yellow|orange|brown|golden|gold|purple|pink|dark|light|dark blue|dark grey|silver grey|beige"
_VEHICLE = re.compile(
    rf"(?:{_COLOUR})(?:的)?(?:那个|个|一辆)?(?:{_MAKE})?(?:的)?(?:牌)?(?:{_BODY}|车(?!子?里|牌|站|库|位|间|厢|门|窗))|(?:{_MAKE})(?:牌)?(?:的)?(?:{_BODY}|车(?!牌|站))?|面包车|大货车|小货车|大卡车|罐车|渣土车|拖拉机|油罐车|电动三轮车?|共享单车|摩托车|踏板摩托|"
    rf"\b(?:(?:{_COLOUR_EN})\s(?:\w+\s)?(?:{_MAKE_EN})?\s?(?:{_BODY_EN})|(?:{_COLOUR_EN})\s(?:{_MAKE_EN})|(?:{_MAKE_EN})(?:\s(?:{_BODY_EN}))?|minivan|pickup truck)\b"
)
_NO_VEHICLE = re.compile(
    r"大众(?:点评|浴池|餐|健身|评审|舞台|娱乐|电影)|现代(?:人|社会|化|农业|城|园|汽车城)|解放(?:路|军|街|桥|前|后|大道|公园|碑|区)|红旗(?:路|街|镇|小区|区|大街|村|巷|渠|乡|社区)|理想(?:的)?(?!one|l|车)|东风(?:路|街|镇|村|区|大道)|长安(?:街|路|区|大道|镇)|长城(?:宽带|路|脚|公园|上)|本田|蔚来大厦|长[安城]$"
)


def vehicles(text: str) -> Iterator[Found]:
    """Vehicles by colour, make and kind."""
    for match in _VEHICLE.finditer(text):
        odd = _NO_VEHICLE.match(text, match.start())
        if odd is None or odd[0] == "本田":
            yield Found("vehicle", match[0].strip(), *match.span(), 0.6)


def plates(text: str) -> Iterator[Found]:
    for plate in find_plates(text):
        yield Found("plate", plate.value, plate.start, plate.end, 0.5 if "*" in plate.value else 0.8)


def phones(text: str) -> Iterator[Found]:
    for phone in find_phones(text):
        yield Found("phone", phone.value, phone.start, phone.end, 0.8 if len(phone.value) == 11 else 0.5)


_LOST_BEFORE = re.compile(
    r"(?:转|汇|打款|打了|骗|借|偷|盗|窃|丢|损失|价值|价格|值|充|付|存|抢|卷走|拿走|卷了|投|垫|刷|买的|花了?|买|里面有|里头有|装着|现金|亏|少了|讹|敲诈|勒索|没了|被套|欠|押金|定金|贷)(?:[^。！？!?]{0,14})$|"
    r"\b(?:lost|lose|stole|stolen|took|taken|transferred|transfer|paid|pay|sent|send|scammed|cheated|robbed|worth|cost|costs|about|missing|owe|owes|invested|deposit|cash)\b[^.!?]{0,40}$"
)
_LOST_AFTER = re.compile(
    r"^(?:的)?(?:现金)?[^。！？，,]{0,6}(?:被骗|被偷|被抢|没了|不见|丢|骗走|转走|转过去|转给|拿走|买的|打水漂|要不回|现金|损失)|^ (?:was|were|is|are|got|has been|of) (?:stolen|gone|missing|taken|goods)|^ (?:from me|from my|in cash|cash|was)"
)
_DEMANDED = re.compile(
    r"(?:要(?:我|他|赔)?|赔我?|索要|索赔|罚款?|开价|一个月|月薪|工资|一次|房租|月租|一桌|一人|票价)(?:[^。！？，]{0,6})$"
)
MIN_LOSS = 10
"""Smaller sums are prices and fares."""


def losses(text: str) -> Iterator[Found]:
    """Money gone, and what things gone are worth, in yuan unless another currency was said."""
    for fact in find_money(text):
        before, after = text[max(0, fact.start - 42) : fact.start], text[fact.end : fact.end + 20]
        told = _LOST_BEFORE.search(before) or _LOST_AFTER.match(after)
        if not told or _DEMANDED.search(before[-10:]) or scope_of(text, fact.start, fact.end) is Scope.DENIED:
            continue
        if float(fact.value) >= MIN_LOSS:
            value = fact.value if fact.unit in ("", "CNY") else f"{fact.value} {fact.unit}"
            yield Found("loss", value, fact.start, fact.end, 0.6)


_BRAND = r"(?:\*+牌?|[a-z0-9]{2,12}|苹果|华为|小米|三星|荣耀|oppo|vivo|iphone|联想|戴尔|惠普|佳能|尼康|索尼|雅迪|爱玛|绿源|新日|台铃|立马|小刀|捷安特|欧米茄|劳力士|lv|古驰|茅台|五粮液|中华|周大福|[“\"「][^”\"」]{1,10}[”\"」])"
_GOODS_ZH = (
    "手机|电话手表|平板电脑|平板|笔记本电脑|笔记本|电脑主机|电脑|监控摄像头|摄像头|监控|相机|照相机|摄像机|镜头|无人机|耳机|充电宝|手表|金表|钱包|皮夹|现金|零钱|钱|皮包|手提包|挎包|背包|双肩包|书包|行李箱|箱子|拉杆箱|行李|包裹|快递|外卖|包包|包|公文包|"
    "身份证|护照|医保卡|购物卡|加油卡|银行卡|信用卡|社保卡|驾驶证|驾照|证件|项链|金项链|手镯|金镯子|镯子|戒指|金戒指|钻戒|耳环|耳钉|手链|吊坠|首饰|黄金|金条|金首饰|银元|玉器|古董|字画|"
    "电动车|电瓶车|电动自行车|电动三轮车|三轮车|自行车|山地车|单车|摩托车|摩托|踏板车|轿车|小轿车|面包车|货车|汽车|车子|车|蓄电池|电瓶|电池|轮胎|轮毂|车牌|后视镜|方向盘|行车记录仪|油|柴油|汽油|"
    "香烟|卷烟|名烟|烟|酒|白酒|茶叶|衣服|鞋|鞋子|化妆品|奶粉|大米|粮食|蔬菜|水果|苹果树|花|盆栽|树苗|鸡|鸭|鹅|猪|牛|羊|狗|猫|鱼|宠物|电缆线|电缆|电线|铜线|铜管|钢筋|钢管|扣件|脚手架|模板|铁板|井盖|水表|空调|空调外机|外机|冰箱|洗衣机|电视机|电视|热水器|水泵|电机|发电机|"
    "电动机|马达|压缩机|钢琴|吉他|小提琴|音箱|音响|投影仪|打印机|显示器|硬盘|内存条|显卡|路由器|u盘|门禁卡|婴儿车|滑板车|平衡车|轮椅|床单|被子|棉被|窗帘|椅子|桌子|沙发|茶几|茶具|花瓶|水杯|餐具|锅|礼服|红酒|洋酒|啤酒|饮料|牛奶|食用油|羽绒服|羊毛衫|皮衣|裤子|内衣|帽子|手套|玩具|书|化肥|农药|种子|药材苗|银手镯|金饰|银饰|玉镯|手串|佛珠|邮票|纪念币|人参|虫草|燕窝|阿胶|海参|"
    "工具|电钻|电动工具|电焊机|机器|设备|配件|货物|货|商品|材料|玉米|小麦|药材|药品|文件|合同|公章|钥匙|门锁|锁|存折|彩票|游戏机|游戏账号|账号|装备|树|石头|雕像|功德箱|保险柜|收银机|钱箱"
)
_MEASURE = "部|台|辆|个|只|条|枚|块|张|件|把|包|箱|瓶|根|捆|米|斤|公斤|吨|袋|套|双|头|对|副|本|顶|串|克|株|盆|卷|扇|些|点"
_GOODS = re.compile(
    rf"(?P<zh>(?:{NUMBER_ZH}(?:多|几)?(?:{_MEASURE}))?(?:{_COLOUR})?(?:的)?{_BRAND}?(?:牌)?(?:的)?(?:{_GOODS_ZH})(?:{NUMBER_ZH}(?:余)?(?:{_MEASURE}))?)|"
    rf"(?P<en>\b(?:(?:{NUMBER_EN}|my|our|his|her|a|an|the|some)\s)(?:(?:new|old|gold|silver|diamond|black|white|red|blue|brown|leather|electric|apple|samsung|huawei|louis vuitton|gucci|expensive|company)\s)?(?:phones?|mobile|cell ?phone|iphone|handphone|wallets?|purse|handbag|bags?|backpacks?|laptops?|computer|macbook|ipad|tablet|cameras?|lens|drone|watch|"
    r"passports?|id card|bank cards?|credit cards?|cards?|cash|money|necklace|rings?|bracelet|earrings|jewell?ery|gold|e-?bikes?|bikes?|bicycle|scooter|electric bike|motorbike|motorcycle|car|luggage|suitcases?|keys?|headphones|airpods|clothes|shoes|parcels?|packages?|documents|tools|battery|batteries|dog|cat)\b)"
)
_TAKEN_BEFORE = re.compile(
    r"(?:偷(?!偷)|抢(?!救|修|险|着|先)|盗窃|盗走|盗得|盗取|窃取|窃得|窃走|扒走|扒了|顺走|拿走|骑走|开走|牵走|撬走|丢失?了?|掉了|搞丢|弄丢|落在|遗失|骗走|卷走|抱走|拎走|摸走|失窃|被盗)(?:了|走|掉|去|得)?[^。！？!?，,；;]{0,22}$|"
    r"(?:偷|抢|盗窃|窃取|窃得|盗得|偷走|盗走|丢了|掉了|丢失)[^。！？]{0,40}(?:[、及]|以及|还有|，|,)[^。！？，,、]{0,12}$|"
    r"\b(?:stole|stolen|stealing|steal|took|taken|take|snatched|snatch|robbed (?:me )?of|grabbed|lost|lose|missing|pickpocketed|nicked|left|pinched|pulled)\s?$|\b(?:stole|steal|took|take|snatched|grabbed|lost)\b[^.!?]{0,30}(?:,|and)\s?$"
)
_TAKEN_AFTER = re.compile(
    r"^[^。！？，]{0,14}?(?:盗走|偷走|窃走|抢走|骑走|开走|拿走|顺走|搬走|运走|拉走|撬走|据为己有)|^(?:[^。！？]{0,12}?[、和跟，,]|[^。！？，]{0,8}?)(?:也|都|就|全|刚|昨晚|昨天|今天|早上|晚上|又|给|刚刚|刚才)*(?:被|让|叫|给|遭|着)(?:人|小偷|贼|别人|他|她|一个\S{1,4}|谁|人家)?(?:给)?(?:偷|抢|盗|扒|拿|顺|骑|开|牵|撬|摸|抱|拽|骗|扯)|^(?:也|都|就|全|又|好像)*(?:不见|不在了|没了|没有了|丢了|丢失|失窃|找不到|找不着|掉了|被盗|落在|忘在|搞丢|弄丢)|"
    r"^[^.!?]{0,25}?\b(?:was|were|is|are|got|been|gets|has been|have been|be)\s(?:just )?(?:stolen|gone|missing|taken|snatched|robbed|lost|pickpocketed)|^ (?:is |are |has )?(?:disappear|vanished|stolen)"
)


_IN_USE = re.compile(r"[骑开坐乘]$|驾驶$|打$|用$|by |on ?(?:a |the |his )?$|in ?(?:a |the |his )?$")
"""Directly before a vehicle or tool: it served, it was not taken."""


def goods(text: str) -> Iterator[Found]:
    """Things stolen, robbed or lost."""
    for match in _GOODS.finditer(text):
        start, end = match.span()
        taken = _TAKEN_BEFORE.search(text[max(0, start - 44) : start]) or _TAKEN_AFTER.match(
            text[end : end + 44]
        )
        if (
            taken
            and not _IN_USE.search(text[max(0, start - 8) : start])
            and scope_of(text, start, end) in (Scope.SAID, Scope.PAST)
        ):
            value = re.sub(r"^(?:my|our|his|her|a|an|the|some)\s|^的", "", match[0])
            yield Found("goods", value, start, end, 0.6)
