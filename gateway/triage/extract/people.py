# ruff: noqa: E501 (tables and expressions are read more easily in one line)
"""Who is in it: people hurt and how many, how many people there are, whom the caller names as what to them,
children, and the caller's own name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.text.numerals import NUMBER_EN, NUMBER_ZH, chinese_number, english_number
from gateway.triage.extract.found import Found
from gateway.triage.scope import Scope, scope_of

MAX_PEOPLE = 1_000
"""A larger number of people hurt is misheard."""

_LIMB = "腿|胳膊|手臂|手腕|手指头?|手掌|手|脚踝|脚|头|脑袋|额头|脸|鼻子|鼻梁|嘴|牙|眼睛|眼眶|肋骨|骨头|腰|脖子|背|后背|肩膀|膝盖|屁股|耳朵|肚子"
_WOUND = re.compile(
    rf"受了?[重轻点]*伤|(?:[重轻砍刺捅扎打摔撞烧烫炸割划擦挫扭拉咬抓压砸碾轧挤蹭磕碰戳电冻掐勒踩夹])(?:成了?)?(?:[重轻])?伤(?!害|感|心|员)|伤[得着到]|伤了|(?<![没无])有?伤员|伤者|[流出冒淌喷滴吐呕咳][了好很]*[多些]?(?:的|点)?血|[满浑]?[头脸身嘴]上?[都全里]*是血|"
    rf"头破血流|鼻青脸肿|一[摊滩地]血|有血|血[流都糊直往顺咕哗]|鲜血|血点|血印|止不住|骨折|脱臼|穿孔|崴[了着到]?脚?|(?:{_LIMB})(?:[都也给被让人]|好像|可能|应该|有点)*(?:断|折|肿|破|麻|弯|青|紫|裂|掉|瘸|燎|豁|塌|歪|摔坏|打掉|打[断折肿瘸破]|动不了|不能动|抬不起|划了|擦了|割了|[疼痛]得|很[疼痛]|好[疼痛]|不得劲|(?:让人?)?(?:撞|磕|碰|砸)[在到了上着])|"
    rf"(?:打|摔|磕|碰|撞|咬|抓|划|割|擦|蹭|砸|掐|勒|拧|踩|夹|扇)(?:[破肿断裂折瘸残红]|出血|出[^，。]{{0,3}}印|得?(?:青|紫|流血))|破了?点?皮|蹭破|擦破|划破|开了?瓢|豁了?(?:个|道)?口子|肉都?翻|缝[了过]?[几\d一二两三四五六七八九十]+针|要缝针|大口子|起了?个?大?包|青一块紫一块|淤青|瘀青|乌青|(?:胳膊|手|脸|脚|身上|头发)[^，。]{{0,3}}(?:烧|燎|烫)了|"
    rf"(?:人|我|他|她|老人|孩子)(?:动不了|爬不起来|起不来|站不起来)|(?:摔|倒|跌|磕|撞)[^，。]{{0,6}}(?:爬|站|坐)?(?:不起来|起不来)|(?:疼|痛)得?[^，。]{{0,3}}(?:起不来|站不起来|动不了|直叫|打滚)|捂着(?:头|脑袋|肚子|脸|眼睛|胳膊|胸口|鼻子)|(?:头|脑袋|后脑勺)[^，。]{{0,3}}(?:撞|磕|砸)(?:到|在|了)|磕[^，。]{{0,4}}(?:桌角|墙|地|台阶|门框|石头)|"
    rf"被[捅砍扎刺攮戳]|[捅砍扎刺攮戳](?:了|到|中|在)?(?:[一两几三四五\d]+刀|我|他|她|人|肚子|胸|腿|手|脖子|后背)|中[枪弹刀]|中了[一两几]?[枪刀]|一(?:刀|剪子?|锤|棍)子?[捅扎攮砸打敲抡]|[砍扎捅]了[砍扎捅]了|"
    rf"把(?:人|我|他|她)[^，。]{{0,4}}?(?:轧|撞|碾|压)了|撞[着到了倒飞]+[^，。]{{0,6}}(?:小孩|人|老人|老太太|老头|孩子|大爷|大妈|行人)|(?:人|小孩|老人|孩子|大爷|大妈|公公|婆婆|爸|妈|老公|老婆)[^，。]{{0,4}}(?:被|让|叫|给)[^，。]{{0,6}}(?:撞|轧|碾)(?:了|倒|飞|$)|被[^，。]{{0,6}}(?:撞[倒飞]|轧|碾)|"
    rf"(?:抽|扇|踢|踹|揍)(?:了)?(?:我|我妈|我爸|她|他|孩子)(?![家店门车])|打了?(?:我|我妈|我爸|她|他|孩子)(?:[一两几好]+[个下]?)?(?:耳光|巴掌|嘴巴|拳|顿)|把(?:我|我妈|我爸|她|他|孩子|人)[^，。]{{0,4}}打[了成得伤]|被?打得|打[趴懵晕]|烫着|烫了|压住了?(?=人|腿|脚|我|他)|(?:腿|脚|手|胳膊|人)[^，。]{{0,3}}(?:压|夹|卡)住|"
    r"\b(?:injured|hurt|bleeding|bleeds|bleed|blood|bloody|stabbed|wounded|"
    r"broken (?:leg|arm|bone|nose|rib|hand|finger|tooth|teeth|wrist|ankle)s?|broke (?:my|his|her|a) (?:leg|arm|nose|rib|hand|finger|tooth|wrist|ankle|foot)|hit my head|hit (?:his|her) head|burned|burnt|been shot|was shot|is shot|shot (?:me|him|her|my)|i'm shot|sprained|twisted (?:my|his|her)|dislocated|"
    r"hurts|pain in|in pain|painful|black eye|swollen|bruised?|bruises|scratched (?:me|my face|my arm)|bitten|bit (?:me|my|him|her)|concussion|stitches|beaten|beat (?:me|him|her|up)|beating (?:me|him|her)|punched|kicked (?:me|him|her)|"
    r"slapped|choked|choking me|cut (?:my|his|her|himself|herself|myself) ?\w*|(?:my|his|her) (?:leg|arm|hand|head|knee|ankle|wrist|back|neck|nose|face|eye|finger|foot|elbow|shoulder|rib|mouth|lip)s?(?: \w+){0,2} (?:is|are|was|got|be|hurt)(?: \w+)? ?(?:broken|blood|bloody|cut|swollen|hurt|bleeding|sore|red|pain|paining)?|"
    r"hit me|hits me|hit us|hit (?:my|him|her) (?:head|face|eye)|knocked (?:me|him|her|down)|ran over|run over|(?:can't|cannot|can not) (?:walk|stand up|get up|move (?:my|his|her)|feel (?:my|his|her)))\b"
)
_DOWN = re.compile(
    r"昏迷|[昏晕]过去|[昏晕]倒|撞晕|打晕|摔晕|没呼吸|没意识|没知觉|不省人事|叫不醒|[叫喊]他?[她]?[^，。]{0,2}不答?应|没反应了?|翻白眼|没气了|(?:躺|倒|趴|瘫)在?[^，。]{0,6}(?:不动|没动静|抽搐)|"
    r"\b(?:unconscious|passed out|fainted|collapsed|not moving|not breathing|isn't moving|isn't breathing|doesn't move|not wake|won't wake|can't wake|not responding|unresponsive|knocked out)\b"
)
"""Somebody is down: hurt, unless it is an illness or drink (`_ILL`), which do not count as injuries."""
_ILL = re.compile(
    r"白沫|心脏|心梗|中风|老毛病|低血糖|喝[多醉]|醉|睡|吃药|药瓶|安眠药|打呼|中暑|癫痫|羊癫|抽风|发病|犯病|生孩子|羊水|要生|煤气|溺水|淹|烧炭|\b(?:drunk|drinking|drugs|overdose|pills|heart attack|seizure|stroke|asleep|sleeping|diabetic|asthma)\b"
)
_THREATENED = re.compile(
    r"(?:威胁|扬言|说要|说他要|敢[^，。]{0,6}就|再[^，。]{0,8}就|小心|早晚|迟早|非要|差点|险些|差一点|怕|担心|万一|会不会)[^，。]{0,5}$|\b(?:threat\w*|going|gonna|wants?|wanted|try|tries|trying|tried|will|would|might|could|about|almost|nearly|afraid|scared|worried)(?: \w+){0,3} ?(?:to |be |get )?$"
)
_NOT_HURT = re.compile(
    r"伤[心感害元风]|上班|没反应过来|动不了手|工伤(?:认定|赔|鉴定|保险|怎么)|心[疼痛]|头[疼痛](?:得很|死了)?的?(?:事|问题)|血汗|血压|血糖|出血价|吐血价"
)
_UNHURT = re.compile(
    r"(?:没有?人|没谁|没一个人?|人(?:都|也|倒|们)?没有?|人倒?是?没|没有?|我们?(?:都|也)?没|倒没|都没|谁[都也]没|人没怎么|没造成人员|没[把伤]着?)(?:怎么|什么)?(?:受?[什么啥]*伤|有?什么?伤|伤[着到亡]|大碍|碰[着到]|摔[着到]|撞[着到]|磕[着到]|砸[着到]|烧[着到]|烫[着到]|打[着到]|出血|流血|人员伤亡)|"
    r"(?:人|我们?|大家|他们|俩人|双方|司机|都|孩子)(?:都|也|倒|全|是|肯定)*没(?:什么|啥)?(?:大)?(?:事|问题)|毫发无[伤损]|(?:人|大家|都|我们?)(?:都|也)?(?:好好的|好着呢|安全|平安)|无人员?伤亡|一点事(?:儿)?没有|不用(?:叫)?(?:救护车|120)|"
    r"\b(?:nobody|no one|no one's|nobody's|none of us|not|no|never|isn't|aren't|wasn't|didn't get|don't think anyone's|without)(?: is| was| are| got| gets| has been| been|'s)? ?(?:anyone |anybody |one |body |really |any )?(?:injured|hurt|injuries|injury|burned|bleeding|wounded|casualties)\b|\b(?:i'm|i am|we're|we are|everyone is|everyone's|everybody is|everybody's|she is|he is|he's|she's|they are|they're|person is|people are|people is|driver is)(?: all| both| totally| just)? (?:okay|ok|fine|alright|all right|not hurt|safe|unhurt|good)\b"
)
_PEOPLE = "个|名|位|口"
_COUNT_BEFORE = re.compile(
    rf"(?<!第)({NUMBER_ZH}|几|十几|好几)(?:{_PEOPLE}|人)(?:都|人|小孩|老人|孩子|学生|工人|男的|女的|大人|乘客|同事|伙计|[^。！？0-9，,]){{0,8}}$|({NUMBER_EN})\s+(?:people|person|persons|men|man|women|woman|of us|of them|injured|guys?|kids?|children|students?|passengers?|workers?|are|were|got)?[^.!?]{{0,14}}$"
)
_COUNT_AFTER = re.compile(
    rf"^(?:了|的有|的|到|着)?(?:大概|至少|有)?({NUMBER_ZH})(?:{_PEOPLE}|人)|^[^.!?]{{0,3}}({NUMBER_EN})\s(?:people|persons?|men|women|guys|kids|children|of us)\b"
)
_PAIR = re.compile(
    r"(?:我|他|她)[们]?(?:跟|和|与)[^，。！？]{1,6}(?:都|全|也都)[^，。！？]{0,3}$|(?:俩|两口子|夫妻俩?|父子|母子|母女|兄弟俩|姐妹俩|小两口)[^，。！？]{0,6}$|\b(?:both|my \w+ and (?:i|me)|me and my \w+)\b[^.!?]{0,20}$"
)


def injuries(text: str) -> Iterator[Found]:
    """How many people are hurt, one where no number was said; 0 where that was denied."""
    signs = [_WOUND] if _ILL.search(text) else [_WOUND, _DOWN]
    unhurt = list(_UNHURT.finditer(text))
    hurt = [match for sign in signs for match in sign.finditer(text) if _meant(text, match, unhurt)]
    if hurt:
        count, at = max(((_count(text, one), -place), one) for place, one in enumerate(hurt))[0][0], hurt[0]
        yield Found("people_injured", str(count), *at.span(), 0.7 if count > 1 else 0.6)
    elif unhurt:
        yield Found("people_injured", "0", *unhurt[0].span(), 0.6)


def _meant(text: str, match: re.Match[str], unhurt: Sequence[re.Match[str]]) -> bool:
    start, end = match.span()
    if _NOT_HURT.search(text[max(0, start - 2) : end + 3]) or scope_of(text, start, end) is not Scope.SAID:
        return False
    if _THREATENED.search(text[max(0, start - 28) : start]):
        return False
    return not any(denied.start() <= start < denied.end() for denied in unhurt)


def _count(text: str, match: re.Match[str]) -> int:
    before_text = text[max(0, match.start() - 22) : match.start()]
    if _PAIR.search(before_text):
        return 2
    before = _COUNT_BEFORE.search(before_text)
    after = _COUNT_AFTER.match(text[match.end() : match.end() + 20])
    spoken = (before and (before[1] or before[2])) or (after and (after[1] or after[2])) or ""
    return _number(spoken) or 1


def _number(spoken: str) -> int | None:
    number = {"俩": 2, "仨": 3}.get(spoken) or chinese_number(spoken) or english_number(spoken)
    return number if number and number < MAX_PEOPLE else None


_GROUP = re.compile(
    rf"(?:大概|差不多|有|好像|至少|一共|总共)?(?P<zh>{NUMBER_ZH}|十?几|好几|[一二三四五六七八九][二三四五六七八九十])(?P<more>来|多|几)?(?:{_PEOPLE})?(?P<who>人|男的|女的|男人|女人|小伙子|年轻人|小孩|孩子|老人|老外|学生|小青年|混混|壮汉|大汉|民工|工人|劫匪|小偷)|"
    rf"(?P<en>{NUMBER_EN}|a few|several|some)\s(?P<kind>(?:other |more |young |old |big |drunk |masked |chinese |foreign |local |black |white )*(?:people|persons?|men|man|women|guys?|kids?|boys?|girls?|teenagers?|children|students|thieves|robbers))\b"
)


def groups(text: str) -> Iterator[Found]:
    """How many people there are, as counted by the caller (三个男的, two guys)."""
    for match in _GROUP.finditer(text):
        if scope_of(text, *match.span()) is Scope.SAID and (match["zh"] or "") not in ("一", "1"):
            spoken = match["zh"] or match["en"]
            number = _number(spoken)
            yield Found(
                "people",
                f"{number or spoken}{match['more'] or ''} {match['who'] or match['kind']}",
                *match.span(),
                0.6,
            )


_KIN = (
    "老公|丈夫|爱人|先生|老婆|妻子|媳妇儿?|太太|老伴儿?|前夫|前妻|男朋友|女朋友|男友|女友|前男友|前女友|前任|对象|未婚夫|未婚妻|爸爸?|父亲|老爸|妈妈?|母亲|老妈|继父|继母|后爸|后妈|公公|婆婆|岳父|岳母|丈母娘|老丈人|爷爷|奶奶|外公|外婆|姥姥|姥爷|"
    "儿子|女儿|闺女|丫头|孩子|小孩|娃儿?|孙子|孙女|外孙|哥哥?|弟弟?|姐姐?|妹妹?|表哥|表弟|堂哥|堂弟|叔叔?|舅舅?|姑姑?|姨|侄子|外甥|女婿|儿媳妇?|嫂子|姐夫|小姨子|小舅子|"
    "邻居|室友|舍友|同学|同事|工友|老板|领导|员工|房东|租客|二房东|合租的?|朋友|闺蜜|发小|哥们儿?|网友|债主|老乡|师傅|徒弟|客户|顾客|老师|学生|司机|保姆|护工|保安|亲戚"
)
_RELATION = re.compile(
    rf"(?<![你您他她])(?:我们?|俺们?|咱们?|阿拉|侬)(?:家|那个|那|这个|的|家里的?)?(?P<zh>{_KIN})(?![们家里店的]?(?:电话|号码|手机|单位))|(?P<near>(?:楼上|楼下|隔壁|对门)(?:的)?(?:邻居|男的|女的|那家|那户|住户|租户|租客|老头|老太|夫妻|小伙子)|(?<!被)邻居|前男友|前女友|前夫|前妻|房东|包工头|网友)|"
    r"\b(?:my|our)\s(?P<en>(?:ex[- ]?|step|mother in law|father in law|former |own |little |older |younger |next[- ]door |upstairs |old )?(?:husband|wife|boyfriend|girlfriend|partner|fiancé|fiancée|fiance|ex|father|dad|mother|mom|mum|brother|sister|son|daughter|kid|kids|child|children|baby|uncle|aunt|"
    r"grandma|grandpa|grandmother|grandfather|cousin|nephew|niece|neighbou?rs?|roommate|flatmate|housemate|classmate|colleague|co-?worker|boss|manager|employer|landlord|landlady|tenant|friend|student|teacher|driver|nanny|helper|maid|customer|client|in-laws))\b"
)


def relations(text: str) -> Iterator[Found]:
    """Whom the caller speaks of, by what they are to the caller."""
    for match in _RELATION.finditer(text):
        value = match["zh"] or match["near"] or match["en"]
        group = "zh" if match["zh"] else "near" if match["near"] else "en"
        yield Found("relationship", value, match.start(), match.end(group), 0.6)


_CHILD = re.compile(
    rf"(?P<zh>(?:{NUMBER_ZH}(?:个|名))?(?:小孩儿?子?|孩子|宝宝|婴儿|娃娃|娃儿|幼儿|小朋友|小学生|中学生|未成年|小男孩|小女孩|男孩儿?|女孩儿?|儿子|女儿|闺女|孙子|孙女|外孙)(?:们)?)(?P<age>[^。！？]{{0,6}}?(?:{NUMBER_ZH}|十几|几)(?:岁半?|个月大?|个月))?|"
    rf"我(?:今年)?(?P<own>(?:[六七八九]|十[一二三四五六七]?|1?\d)岁)|(?P<only>(?:才|只有|刚满)(?:{NUMBER_ZH})(?:岁|个月大?))|"
    rf"\b(?P<en>(?:{NUMBER_EN}[- ]year[- ]old|{NUMBER_EN} months? old|babies|baby|infant|toddler|little (?:boy|girl|kid)|children|child|kids?|my (?:son|daughter)|schoolgirl|schoolboy|teenager|minor)\b(?:(?:'s| is|,)? {NUMBER_EN}(?: years? old)?)?)"
)
_GROWN = re.compile(
    r"^(?:的)?(?:都)?(?:上大学|大学|工作|结婚|成年|[二三四五六七八九]十)|^.{0,4}(?:一样|似的)"
)
_CHILD_YEARS = 18


def children(text: str) -> Iterator[Found]:
    """Children that are part of it, with their age where it was told."""
    for match in _CHILD.finditer(text):
        age = re.search(rf"({NUMBER_ZH}|{NUMBER_EN})(?=岁|[- ]year| years? old)", match[0])
        years = _number(age[1]) if age else None
        if (years is not None and years > _CHILD_YEARS) or _GROWN.match(text[match.end() : match.end() + 10]):
            continue
        if scope_of(text, *match.span()) in (Scope.SAID, Scope.ASKED):
            yield Found("children", match[0].strip(" ,，"), *match.span(), 0.7 if age else 0.5)


_NAME = re.compile(
    r"(?:(?:我|他|她|孩子|妹妹|弟弟|老人|那人|对方|名字)?(?:名字)?叫(?:做)?|大名|名字(?:叫|是)|姓名(?:是|叫)?)(?P<zh>[\u4e00-\u9fff]{2,3}?)(?=[，。,！\s]|住|在|今年|电话|的|，|$)|(?:我|免贵|他|她|老板|对方|那人)姓(?P<surname>[\u4e00-\u9fff])(?=[，。,！\s]|叫|的|$)|"
    r"\b(?:my name(?:'s| is)|this is|i am called|name is|he is called|she is called|his name(?:'s| is)|her name(?:'s| is))\s(?P<en>[a-z]+(?: [a-z]+)?)(?=[.,!?]|\s(?:from|i|and|here|speaking|in|at|calling)\b|$)"
)
_NO_NAME = re.compile(
    r"^(?:什么|啥|人|他|她|我|你|救|车|警|了|不|来|喊|号|保安|骂|醒|老板|物业|120|先生|女士|师傅|(?:police|not|the|a|an|very|so|my|for|about|happening|is|it|from|an? emergency|serious|urgent|crazy|ridiculous|all|really|just|where|what|how|going|number|too|here|there)\b)"
)


def names(text: str) -> Iterator[Found]:
    """Names that the caller gives."""
    for match in _NAME.finditer(text):
        value = match["zh"] or match["surname"] or match["en"]
        if not _NO_NAME.match(value):
            group = "zh" if match["zh"] else "surname" if match["surname"] else "en"
            yield Found("name", value.title(), match.start(), match.end(group), 0.7)
