// Saying on the map where the caller is.

export const place = {
  mark: '标位置', why: '依据', again: '再问', askingSince: (span: string) => `正在问 ${span}`, title: '在图上标位置', spot: '十字所在', lead: '现在的位置', address: '地址', near: '最近路口', jurisdiction: '辖区', district: '区县', position: '坐标',
  asking: '正在查…', unknown: '附近查不到地名；仍可标', noPlaces: '本站没有地名库；仍可标', unreachable: '查不到附近；仍可标', outside: '在本市辖区以外', nothing: '这里没有地址，也没有路口',
  away: (far: string) => `离现在的位置 ${far}`, within: (far: string) => `${far}内`, accuracy: '误差', move: (step: string) => `移动 ${step}`, fine: (step: string) => `细移 ${step}`, click: '点击地图也可',
  note: '备注（可不填）', notePlaceholder: '例：加油站后面，二楼', noteKey: '备注', set: '就是这里', leave: '不标了', back: '回到地图', zoom: '放大、缩小',
  sending: '正在保存…', kept: '没有保存，十字和备注都在，可再按一次。',
  by: (who: string) => `${who} 标的`, chosenBy: '人工选定', takeBack: '撤回', tookBack: '已撤回', takeBackKey: '撤回人工标的位置',
  tilesFault: '瓦片不能用，改用简单底图',
}
