"""云渡市, an invented city with the traps that real ones have: roads of one name in two districts, roads that
differ by a quarter of the compass, names within longer ones, names that sound alike, schools that everybody
calls by a number. Nothing in it is a place that is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

SOUTH, WEST = 31.95, 114.97

DIVISIONS = """990300,云渡市,
990302,东渡区,990300
990303,西岭区,990300
990304,南浦区,990300
990321,石鼓县,990300
990302001,望江街道,990302
990303001,文昌街道,990303
990321100,石鼓镇,990321
990321200,双溪乡,990321"""

EASTWARD = {
    "binjiang": ("滨江大道", 31.990, 114.98, 115.09), "jiefang": ("解放路", 32.005, 114.98, 115.08),
    "zhongshan": ("中山路", 32.015, 114.98, 115.03), "zhongshan-e": ("中山东路", 32.015, 115.03, 115.08),
    "jianshe": ("建设路", 32.025, 114.98, 115.08), "heping": ("和平街", 32.035, 114.98, 115.08),
    "yingbin": ("迎宾大道", 32.045, 114.98, 115.08), "changqing": ("长庆路", 32.055, 114.98, 115.08),
    "beihuan": ("北环路", 32.065, 114.98, 115.08), "xingye": ("兴业路", 31.980, 114.98, 115.09),
    "linhai": ("林海路", 31.970, 114.98, 115.09), "gongye-1": ("工业一路", 31.960, 115.02, 115.09),
    "gongye-2": ("工业二路", 31.955, 115.02, 115.09), "garden-e": ("花园路", 32.030, 115.052, 115.068),
    "garden-s": ("花园路", 31.975, 115.002, 115.018), "taohua": ("桃花巷", 32.010, 115.001, 115.009),
    "laojie": ("老街", 32.008, 115.041, 115.049), "bayi": ("八一路", 32.040, 114.982, 114.998),
    "siji": ("四季路", 31.985, 115.002, 115.038), "shiji": ("世纪大道", 32.060, 115.002, 115.078),
}  # fmt: skip
"""Id to name, latitude, from and to which longitude."""
NORTHWARD = {
    "xihuan": ("西环路", 114.980, 31.96, 32.065), "wenchang": ("文昌路", 114.990, 31.96, 32.065),
    "renmin": ("人民路", 115.000, 31.96, 32.065), "xinhua-n": ("新华北路", 115.010, 32.025, 32.065),
    "xinhua-s": ("新华南路", 115.010, 31.96, 32.025), "liuhe": ("六合路", 115.020, 31.96, 32.065),
    "ninghai": ("宁海路", 115.040, 31.99, 32.065), "chaoyang": ("朝阳路", 115.050, 31.99, 32.065),
    "shicheng": ("石城路", 115.060, 31.99, 32.065), "fuqiang": ("富强路", 115.070, 31.99, 32.065),
    "donghuan": ("东环路", 115.080, 31.96, 32.065), "xueyuan": ("学院路", 115.055, 32.025, 32.065),
}  # fmt: skip
MOTORWAYS = {
    "yunshi": ("云石高速", [(32.075 - 0.009 * km, 115.095) for km in range(26)]),
    "raocheng": ("绕城高速", [(32.075, 114.96 + 0.0095 * km) for km in range(15)]),
    "g999": ("999国道", [(31.945, 114.90 + 0.0095 * km) for km in range(40)]),
}
"""Id to name and its posts from kilometre 0, one a kilometre."""

COMMUNITIES = """xf-e,幸福小区,32.020,115.065,990302,fuqiang,120
xf-s,幸福小区,31.982,115.015,990304,,
jinse,金色家园,32.028,115.035,990302,,
jinxiu,锦绣花园,32.038,115.015,990303,xinhua-n,60
cuihu,翠湖花园,32.048,115.045,990302,ninghai,210
sunny,阳光城,32.058,115.065,990302,,
tielu,铁路新村,32.012,114.985,990303,xihuan,90
huadu,水岸花都,31.992,115.035,990302,binjiang,300
shuxiang,书香门第,32.052,115.056,990302,xueyuan,88
yujing,御景湾,31.988,115.055,990304,,
wangjia,王家庄,31.900,115.02,990321,,
lijiagou,李家沟村,31.890,115.04,990321,,
huaishu,大槐树村,31.880,115.06,990321,,
shanghe,上河村,31.870,115.01,990321,,
xiahe,下河村,31.865,115.03,990321,,
dongfeng,东风村,31.905,115.07,990321,,
nanyuan-1,南苑一期,31.978,115.022,990304,,
nanyuan-2,南苑二期,31.976,115.026,990304,,
fang,芳草苑,32.018,114.988,990303,,
huangjin,黄金水岸,31.994,114.994,990303,,"""

POIS = """people-hospital,云渡市人民医院,hospital,32.006,115.003,jiefang,66
hospital-1,云渡市第一人民医院,hospital,32.036,115.042,heping,230
hospital-3,云渡市第三人民医院,hospital,31.972,115.012,linhai,55
tcm,云渡市中医院,hospital,32.016,114.992,zhongshan,30
children,云渡市妇幼保健院,hospital,32.046,115.021,yingbin,90
county-hospital,石鼓县人民医院,hospital,31.898,115.05,,
school-1,云渡市第一中学,school,32.026,114.995,jianshe,45
school-3,云渡市第三中学,school,32.037,115.008,heping,75
school-13,云渡市第十三中学,school,31.986,115.045,,
school-exp,云渡市实验小学,school,32.017,115.018,zhongshan,140
school-exp-m,云渡市实验中学,school,32.047,115.062,yingbin,260
school-jf,解放路小学,school,32.0062,115.031,jiefang,180
school-wy,西岭区第二小学,school,32.033,114.987,,
kinder,解放路第二幼儿园,school,32.0045,114.986,jiefang,12
uni,云渡大学,school,32.058,115.053,xueyuan,200
station,云渡火车站,transport,32.002,114.982,jiefang,2
hsr,云渡东站,transport,31.968,115.085,,
bus,云渡汽车客运站,transport,32.064,115.006,beihuan,50
metro-wc,地铁文昌路站,transport,32.0252,114.9902,jianshe,20
metro-rm,地铁人民广场站,transport,32.0348,115.0012,heping,50
square,人民广场,square,32.0355,115.0015,heping,52
park,人民公园,park,32.031,115.004,,
park-c,朝阳公园,park,32.041,115.0515,chaoyang,130
market-hp,和平街菜市场,market,32.0346,115.024,heping,110
market-s,南浦水产批发市场,market,31.964,115.033,,
super-jf,惠民超市解放路店,supermarket,32.0047,115.012,jiefang,90
super-wc,惠民超市文昌路店,supermarket,32.043,114.9905,wenchang,220
super-gy,惠民超市（工业园店）,supermarket,31.9605,115.05,gongye-1,40
bank-c,工商银行朝阳支行,bank,32.034,115.0505,chaoyang,100
bank-x,工商银行新华支行,bank,32.029,115.0105,xinhua-n,18
plaza,万象汇购物中心,mall,32.0242,115.0585,jianshe,310
hotel,云渡国际大酒店,hotel,32.0455,115.009,yingbin,40
hotel-7,如归快捷酒店宁海路店,hotel,32.019,115.0402,ninghai,66
gas,中油解放路加油站,fuel,32.0055,115.062,jiefang,260
ps-wj,望江派出所,police,31.9905,115.046,binjiang,350
ps-rm,人民路派出所,police,32.013,115.0006,renmin,108
gov,云渡市政务服务中心,government,32.0605,115.03,shiji,100
stadium,云渡市奥林匹克体育中心,stadium,32.0615,115.045,shiji,180
bridge,云渡长江大桥,bridge,31.985,115.095,,
bridge-old,望江桥,bridge,31.989,115.05,,
reservoir,双溪水库,water,31.875,115.08,,
temple,石鼓寺,temple,31.893,115.055,,
toll-e,云石高速云渡东收费站,toll,31.9665,115.095,,
service,双溪服务区,service,31.884,115.095,,
ktv,金嗓子KTV,leisure,32.0445,115.026,yingbin,112
netbar,极速网吧,leisure,32.0542,115.0545,xueyuan,120
factory,云渡钢铁厂,factory,31.962,115.075,gongye-1,120
cemetery,西岭公墓,cemetery,32.07,114.972,,
pharmacy,百姓大药房,shop,32.0155,115.0003,renmin,120
cinema,星光影城,leisure,32.0243,115.0588,jianshe,312"""

ALIASES = """yunshi,G9901高速
g999,G999
raocheng,S99
hospital-1,市一院
station,火车站
hsr,高铁站
plaza,万象汇
bridge,长江大桥
stadium,奥体中心
factory,钢厂"""

_HOMES = (
    "碧水",
    "芙蓉",
    "梧桐",
    "银杏",
    "凤凰",
    "紫荆",
    "丽景",
    "春江",
    "和顺",
    "东方",
    "文华",
    "金桂",
    "雅居",
    "康乐",
    "龙湾",
    "西城",
    "玫瑰",
    "江南",
)
_HOME_ENDS = ("小区", "花园", "苑", "公馆")
_SCHOOLS = ("育才", "启明", "红星", "新民", "光荣", "博雅", "青松", "南山", "清河", "白云", "星海", "长宁")
_SCHOOL_ENDS = ("小学", "中学", "幼儿园")
_SHOPS = ("鑫源", "好又多", "家乐", "老四川", "聚福楼", "东来顺达", "小肥牛", "阿里郎", "蓝月亮", "大唐")
_SHOP_ENDS = ("超市", "饭店", "药店", "宾馆", "网吧", "茶楼")
STEP = 0.0006
"""Degrees between two house numbers of one side."""


def written(folder: Path) -> Path:
    """The city's files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _files():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _files() -> Iterator[tuple[str, str]]:
    tag = "# datum: WGS-84\n"
    roads = [(road, name) for road, (name, *_) in (*EASTWARD.items(), *NORTHWARD.items(), *MOTORWAYS.items())]
    yield "places.toml", 'city = "云渡市"\nversion = "test"\n'
    yield "divisions.csv", "code,name,parent\n" + DIVISIONS
    yield "roads.csv", "id,name\n" + "\n".join(map(",".join, roads))
    yield "addresses.csv", tag + "road,number,lat,lon\n" + "\n".join(_numbers())
    yield "posts.csv", tag + "road,km,lat,lon\n" + "\n".join(
        f"{road},{km},{lat:.5f},{lon:.5f}"
        for road, (_, posts) in MOTORWAYS.items() for km, (lat, lon) in enumerate(posts)
    )  # fmt: skip
    yield "communities.csv", tag + "id,name,lat,lon,division,road,number\n" + COMMUNITIES + "\n" + "\n".join(
        f"c{n},{first}{end},{32.0 + n % 9 * 0.0071:.4f},{114.985 + n % 11 * 0.0083:.4f},,,"
        for n, (first, end) in enumerate((a, b) for a in _HOMES for b in _HOME_ENDS)
    )  # fmt: skip
    yield "pois.csv", tag + "id,name,category,lat,lon,road,number\n" + POIS + "\n" + "\n".join(
        f"p{n},{first}{end},{end},{31.96 + n % 13 * 0.0081:.4f},{114.983 + n % 12 * 0.0079:.4f},,"
        for n, (first, end) in enumerate(
            [(a, b) for a in _SCHOOLS for b in _SCHOOL_ENDS] + [(a, b) for a in _SHOPS for b in _SHOP_ENDS]
        )
    )  # fmt: skip
    yield "aliases.csv", "place,alias\n" + ALIASES
    yield (
        "junctions.csv",
        tag + "id,road_a,road_b,lat,lon,name\nj-bh-dh,beihuan,donghuan,32.065,115.08,北环立交\n",
    )
    yield (
        "roads.geojson",
        _collection(({"road": road}, {"type": "LineString", "coordinates": line}) for road, line in _lines()),
    )
    yield "divisions.geojson", _collection(
        ({"code": code}, _box(*corners)) for code, corners in {
            "990303": (32.0, 114.97, 32.08, 115.03), "990302": (32.0, 115.03, 32.08, 115.10),
            "990304": (31.95, 114.97, 32.0, 115.10), "990321": (31.85, 114.97, 31.95, 115.10),
        }.items()
    )  # fmt: skip


def _numbers() -> Iterator[str]:
    for road, (_, lat, west, east) in EASTWARD.items():
        for n in range(int((east - west) / STEP / 4)):
            lon = west + n * 4 * STEP
            yield f"{road},{8 * n + 1},{lat + 0.0003:.5f},{lon:.5f}"
            yield f"{road},{8 * n + 2},{lat - 0.0003:.5f},{lon:.5f}"
    for road, (_, lon, south, north) in NORTHWARD.items():
        for n in range(int((north - south) / STEP / 4)):
            lat = south + n * 4 * STEP
            yield f"{road},{8 * n + 1},{lat:.5f},{lon + 0.0003:.5f}"
            yield f"{road},{8 * n + 2},{lat:.5f},{lon - 0.0003:.5f}"


def _lines() -> Iterator[tuple[str, list[list[float]]]]:
    for road, (_, lat, west, east) in EASTWARD.items():
        yield road, [[west, lat], [east, lat]]
    for road, (_, lon, south, north) in NORTHWARD.items():
        yield road, [[lon, south], [lon, north]]
    for road, (_, posts) in MOTORWAYS.items():
        yield road, [[lon, lat] for lat, lon in posts]


def _box(south: float, west: float, north: float, east: float) -> dict[str, object]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _collection(features: Iterator[tuple[dict[str, str], dict[str, object]]]) -> str:
    made = [{"type": "Feature", "properties": told, "geometry": drawn} for told, drawn in features]
    return json.dumps({"type": "FeatureCollection", "datum": "WGS-84", "features": made}, ensure_ascii=False)
