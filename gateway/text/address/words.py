# ruff: noqa: E501 (word lists are read more easily in long lines)
"""How names of places end in Chinese, and the small words around them. A suffix has the kind it makes and how
dear that reading is (lattice costs: 0 sure, 3 a guess).
"""

from __future__ import annotations

import re

from gateway.text.address.model import Kind


def words(said: str) -> frozenset[str]:
    """The words of a list that is written with blanks between them."""
    return frozenset(said.split())


_LISTS: tuple[tuple[Kind, float, str], ...] = (
    (Kind.TOWN, 0.0, "街道 镇 乡 街道办事处 街道办 民族乡 苏木"),
    (Kind.TOWN, 3.5, "农场 林场"),
    (Kind.COMMUNITY, 0.0, "村 社区 村委会 居委会 村民委员会 居民委员会 行政村 嘎查"),
    (Kind.COMMUNITY, 2.5, "大队 庄 屯 寨 堡 埠 岙 畈"),
    (Kind.DEV_ZONE, 0.0, "开发区 高新区 高新园区 保税区 经济区 试验区 实验区 集聚区 示范区 高新技术产业开发区 经济技术开发区 管理区"),
    (Kind.DEV_ZONE, 1.0, "新区 度假区 产业集聚区 合作区"),
    (Kind.DEV_ZONE, 1.8, "工业区 工业园区 产业园区 工业园 工业城"),
    (Kind.DISTRICT, 2.0, "区 县 市 旗"),
    (Kind.ROAD, 0.0, "二环 三环 四环 五环 六环 外环 内环 中环 路高架 环路高架 大道高架 头条 二条 三条 四条 五条 六条 七条 八条 九条 十条 一环路 二环路 三环路 四环路 五环路 六环路 内环路 外环路 中环路 东环路 西环路 南环路 北环路 南大街 北大街 东大街 西大街 东路 西路 南路 北路 中路 东街 西街 南街 北街 中街 一路 二路 三路 四路 五路 六路 七路 八路 九路 十路 路 街 大道 大街 巷 弄 胡同 公路 国道 省道 县道 环路 高速 高速公路 快速路 支路 支弄 支巷 中路 老街 步行街 辅路 马路 环线 绕城"),
    (Kind.ROAD, 1.0, "道 里弄 高架 复线 街道路 纬路 经路 横路 直街"),
    (Kind.ROAD, 0.8, "隧道 高架路 立交"),
    (Kind.ROAD, 2.0, "组 线 堤 环 支线 坡 塘路"),
    (Kind.POI, 0.0, (
        "互通 分院 实训楼 鞋都 夜市 烧烤 烧烤店 排档 大排档 菜馆 面馆 饭馆 转盘 环岛 书城 新居 花城 雅居 豪苑 名邸 棚户区 ktv 大学城 高教园区 村委会 居委会 村民委员会 花园小区 家园小区 新村小区 公寓小区 花苑小区 地道桥 铁路桥 人行桥 高架桥 跨线桥 天桥 过街天桥 小区 花园 家园 公寓 大厦 广场 中心 市场 菜场 菜市场 农贸市场 批发市场 商贸城 医院 卫生院 学校 中学 小学 大学 学院 幼儿园 酒店 大酒店 宾馆 饭店 超市 商城 商厦 商场 公司 有限公司 集团 "
        "工业园 工业区 工业园区 科技园 大学科技园 园区 产业园 创业园 创意园 物流园 软件园 基地 新村 花苑 雅苑 名苑 嘉苑 佳苑 景苑 北苑 南苑 东苑 西苑 华庭 豪庭 华府 山庄 别墅 大楼 办公楼 教学楼 综合楼 银行 支行 分行 营业部 营业厅 "
        "旅馆 客栈 网吧 酒吧 图书馆 博物馆 体育馆 体育场 体育中心 加油站 加气站 汽车站 火车站 高铁站 地铁站 客运站 公交站 车站 收费站 服务区 机场 码头 公园 植物园 动物园 大桥 立交桥 宿舍 家属院 大院 校区 分校 法院 检察院 派出所 公安局 "
        "管委会 政府 人民政府 委员会 供电所 工商所 税务局 药店 药房 大药房 百货 国际 公馆 名都 世家 仓库 厂房 车间 养老院 福利院 敬老院 教堂 电影院 影城 会所 俱乐部 停车场 客运中心 小吃街 美食街 商业街 天街 美食城 家具城 建材城 五金城 汽配城 电脑城 服装城 "
        "新城 中心城 城市花园 工贸园 创新园 总部 售楼处 工地 卫生室 卫生所 门诊部 诊所 研究院 研究所 设计院 事务所 便利店 专卖店 旗舰店 4s店 修理厂 洗车店 理发店 美容院 饭庄 酒楼 茶楼 会馆 展览馆 会展中心 商务楼 写字楼 风情街 古镇 "
        "殡仪馆 水库 水厂 电厂 电站 变电站 污水处理厂 垃圾站 桥头 牌坊 祠堂 纪念碑 广电 电视台 报社 邮局 邮政局 卫生局 教育局 城管局 交警队 消防队 武装部 党校 技校 职校 驾校 培训学校 小商品城 皮革城 图文 快递 "
    )),
    (Kind.POI, 0.5, "校 中心校 苑 园 城 府 厦 庭 阁 轩 邸 墅 厂 店 馆 局 所 站 楼 院 寺 庙 宫 塔 商行 经营部 门市部 服务部 办事处 分公司 工作室 科技 服饰 家居 电子 贸易 家具 时代 天地 庄园 农庄 茶馆 书店 鞋业 服装 超市店 亭 凉亭 摄影 汽修 食品 电器 印刷 机械 大队 中队 支队"),
    (Kind.POI, 1.0, "居 里 湾 庄 桥 港 坊 场 廊 台 库 区 部 行 社 铺 餐厅 火锅 家 岸 郡 洲 座 门 塘 会 口 中环 半岛 首府 上城 国贸"),
    (Kind.POI, 1.8, "村 山 岭 寨 屯 坝 埭 浜 湖 河 江 溪 岛 沟 圩 头 畈 地 坪 坑 坞 岗 堡 店面 自然村"),
)  # fmt: skip


def _suffixes() -> dict[str, tuple[tuple[Kind, float], ...]]:
    made: dict[str, dict[Kind, float]] = {}
    for kind, cost, words in _LISTS:
        for word in words.split():
            kinds = made.setdefault(word, {})
            kinds[kind] = min(cost, kinds.get(kind, cost))
    return {word: tuple(kinds.items()) for word, kinds in made.items()}


SUFFIXES = _suffixes()
LONGEST_SUFFIX = max(map(len, SUFFIXES))
LAST_CHARACTERS = frozenset(word[-1] for word in SUFFIXES)

UNFINISHED = words("国际 时代 天地 世家 科技 电子 贸易 新城 中心城")
"""Ends of a name that often stand within a longer one: 银河国际家居城."""
BEFORE_PLACES = words("靠近 挨着 紧邻 临近 紧挨")
"""Said before a place that is close: 靠近图书馆."""
STATIONS = words("地铁站 公交站 公交车站 轻轨站 收费站 加油站 互通 派出所 立交桥")
"""Named after the road they lie on: 光华路地铁站."""
BRANCHES = frozenset(
    words("支行 分行 分公司 营业部 营业厅 分理处 分店 人民法院 人民政府 法院 检察院 公安局 人民医院")
)
"""Of these the whole is named before the part, or the division before the office: 中国银行柳湾支行."""

GENERIC = frozenset(
    word
    for kind, _, said in _LISTS
    if kind in (Kind.POI, Kind.DEV_ZONE)
    for word in said.split()
    if len(word) > 1
)
"""What is a kind of place by itself."""
AREA = re.compile("[一二三四五六七八九十东西南北中a-z0-9]{1,3}区")
"""What is a part of one."""
ROADISH = frozenset(
    word for kind, cost, said in _LISTS if kind is Kind.ROAD and cost < 2 for word in said.split()
)
"""Directly after a name this makes it a road: 中关村大街."""
_LONGEST_KIND = 5


def begins_with(these: frozenset[str], text: str, at: int) -> bool:
    """Whether one of `these` stands in `text` at `at`; of the longer ones the shorter beginnings are known."""
    return not these.isdisjoint(text[at : at + size] for size in range(1, _LONGEST_KIND + 1))


STRONG = dict.fromkeys(
    words(
        "步行街 街道 路 镇 乡 大道 大街 小区 大厦 花园 公寓 社区 公司 新村 工业区 开发区 市场 家园 酒店 学院 医院 区 市 县 巷 弄 村 园区"
    ),
    2.0,
) | dict.fromkeys(
    words(
        "苑 街 幢 栋 号 广场 中心 大学 饭店 宾馆 超市 商城 银行 工业园 科技园 产业园 大楼 学校 中学 小学 幼儿园 集团"
    ),
    1.0,
)
"""An end of a name that seldom stands inside another one, and what it costs to read over it."""

ASSIST = words(
    "右手边 左手边 内圈 外圈 十字 弄内 校内 院内 园内 楼内 院里 交界 交岔口 东口 西口 南口 北口 底下 斜对过 下面 上面 下 侧边 侧面 到头 左转 右转 对面 正对面 斜对面 对过 对门 旁边 旁 边上 边 附近 周边 门口 大门口 路口 十字路口 丁字路口 三岔路口 红绿灯路口 交口 道口 交叉口 交叉路口 交叉处 交汇处 交汇口 交界处 交界口 交汇 交叉 转角 拐角 拐弯处 转弯处 "
    "内 里面 后 后面 后边 背后 前 前面 前边 隔壁 楼下 楼上 楼旁 楼顶 东侧 西侧 南侧 北侧 左侧 右侧 两侧 东边 西边 南边 北边 东面 西面 南面 北面 左边 右边 以东 以西 以南 以北 之间 中间 路南 路北 路东 路西 "
    "东南角 东北角 西南角 西北角 东头 西头 南头 北头 西首 东首 尽头 尾 口 桥下面 桥上面 楼下面 桥底下 桥下 桥上 桥头 桥边 靠近 紧邻 往东 往西 往南 往北 向东 向西 向南 向北 东南侧 西南侧 东北侧 西北侧 与 和 跟 同 临 靠 北 南 东 西 处 进去 河边 江边 涵洞下 高架下 出口 入口 出口处 入口处 匝道口 下匝道口 上匝道口 匝道 下匝道 上匝道 路边 路边上 马路边 马路边上 里头 里边 桥中间 桥中央 桥面上 桥面 墙边 楼梯口 电梯口 路中间 田边 塘边 水边 湖边 门外 屋后 院门口 口子上 村口 巷口 弄堂口 镇上 门前 段 街上"
)
FIRM_ASSIST = words(
    "以东 以西 以南 以北 东侧 西侧 南侧 北侧 左侧 右侧 门口 门前 旁边 对面 附近 隔壁 楼下 手边 路口 南角 北角 交口 叉口 侧边 汇处 界处 后面 前面 里面"
)
"""These stand in no name; a longer word is told by its last two characters."""
WEAK_ASSIST = {"北": 1.0, "南": 1.0, "东": 1.0, "西": 1.0, "口": 1.0, "尾": 2.5, "处": 2.0, "后": 1.5, "前": 1.5, "内": 0.8, "边": 2.0, "同": 4.0, "临": 3.0, "和": 2.0, "跟": 1.0, "与": 0.3, "靠": 2.0, "下": 4.0, "段": 4.0, "东口": 1.5, "西口": 1.5, "南口": 1.5, "北口": 1.5, "上面": 2.0, "下面": 0.5, "出口": 1.5, "入口": 1.5, "旁": 0.3}  # fmt: skip
NO_BEGINNING = frozenset("号幢栋室层")
WEAK_BEGINNING = dict.fromkeys("区县市镇乡村路街道巷组段苑厦口", 1.8) | {
    "楼": 1.5,
    "门": 1.2,
    "外": 0.8,
    "旁": 2.5,
    "与": 3.0,
    "内": 1.5,
}
"""Characters that no name, or seldom one, begins with: they end the one before."""
JUNK = words(
    "不详 电联 请电联 电话联系 收 收件 null 其它区 其他区 其它地区 其他地区 其它 市辖区 其他 城区 县城 无 nan 暂无 "
    "已安检 已验视 已验 提前致电 请致电 致电 打电话 到了打电话 送前电话 请先电话 易碎 易碎品 勿摔 轻放 小心轻放 勿压 急件 加急 送货上门 请送上楼 送上楼 务必 本人签收 "
    "自提 到付 工作日送 周末送 谢谢 重出 退货 勿放丰巢 不要放快递柜 放门口 放前台"
)
WEAK_JUNK = {"收": 2.0, "其它": 2.0, "其他": 2.0, "无": 4.0, "城区": 2.5, "县城": 3.0}
PERSONS = words(
    "前台 丰巢 丰巢柜 丰巢快递柜 快递柜 蜂巢 速递易 菜鸟驿站 妈妈驿站 驿站 门卫 门卫室 保安室 传达室 收发室 办公室 总经办 财务部 财务室 项目部 人事部 行政部 采购部 销售部 市场部 技术部 电子商务部 店面 门面 专柜 代收点 收发点 药房 物业 "
    "服务台 总台 客服部 值班室 医务室 护士站 食堂 宿舍 仓库"
)

NO_BODIES = words(
    "回家 上班 下班 放学 大马 一条 两条 这条 那条 整条 有条 外面 里面 路边 一下 一下子 应急车 人行 慢车 快车 机动车 非机动车 超车 行车 主车 自行车 斑马 下 上 自己 下雨 应急 辅 下辅 上辅 手机 电梯 条 条小 条大 一条小 那条小 半 走 一个 这个 那个 哪个 全 隔壁 我们 你们 他们 整个 每个 同一个 某个 上学 去学校 公 大 小 老 住的 我 这 那 哪 几个 个 有个 附近 旁边 对面 前面 后面 门口"
)
"""No name by itself before a suffix, in speech: 回家路上, 一个小区, 那条街."""
NO_ENDS = words(
    "公里 这里 那里 哪里 家里 手里 夜里 心里 嘴里 车里 屋里 眼里 城里 村里 店里 房里 包里 水里 沟里 田里 河里"
)
"""In speech no name ends so, though names end in 里."""
NOT_BARE = words(
    "小区 大学 学院 中学 小学 公司 集团 国际 中心 时代 天地 电子 科技 服饰 食品 机械 快递 总部 贸易 摄影"
)
"""Endings that name nothing alone."""
ROADS = frozenset("路街巷弄道线桥架同")
JOINING = frozenset("和跟与同")
"""Between two roads these join them."""


def by_first(these: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The words by their first character."""
    made: dict[str, list[str]] = {}
    for word in sorted(these):
        made.setdefault(word[0], []).append(word)
    return {char: tuple(found) for char, found in made.items()}


BRANDS = words(
    "肯德基 麦当劳 星巴克 必胜客 德克士 华莱士 汉堡王 瑞幸 瑞幸咖啡 蜜雪冰城 海底捞 呷哺呷哺 沙县小吃 兰州拉面 沃尔玛 家乐福 大润发 永辉 永辉超市 华润万家 物美 盒马 盒马鲜生 山姆 宜家 苏宁 苏宁易购 国美 屈臣氏 "
    "全家 罗森 美宜佳 如家 汉庭 锦江之星 速八 全季 亚朵 维也纳 格林豪泰 中石化 中石油 壳牌 海澜之家 优衣库 链家 邮政储蓄 农业银行 工商银行 建设银行 中国银行 招商银行 交通银行 农商银行 信用社 中国移动 中国电信 中国联通"
)
"""Places that people name by the sign above the door."""

LANDMARKS = words(
    "厕所 公厕 公共厕所 卫生间 报亭 报刊亭 岗亭 电话亭 塔吊 小卖部 桥洞 涵洞 水塘 鱼塘 池塘 水渠 花坛 凉亭 假山 喷泉 雕像 公告栏 配电房 变压器 电线杆 粮站 菜地 大棚 果园 坟地 "
    "垃圾桶 垃圾房 车棚 自行车棚 滑梯 健身器材 篮球场 足球场 小树林 楼梯间 电梯间 天台 工棚 板房 小旅馆 小饭馆 小餐馆 小超市"
)
"""What has no name and is told beside one that has: 鱼塘边上."""

NO_DISTRICTS = frozenset("小社园校厂山地郊景城市辖片灾林牧库禁宅务闹新老旱危盲误活货作业发游")
"""Before 区 these make no county: 社区, 山区, 市区, 服务区."""
