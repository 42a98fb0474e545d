/** The link that a caller is sent, in Chinese. */
export const share = {
  title: '来电人共享', send: '发送链接', revoke: '撤回链接', revoked: '链接已撤回。', view: '查看照片', sent: '链接正在发送。',
  missing: { no_sender: '未配置短信通道（[texts.sender]），不能发送链接。', no_page: '未配置来电人页面（[texts.share]），不能发送链接。', no_number: '来电号码未知，不能发送链接。' } as Record<string, string>,
  ask: (number: string) => `向 ${number} 发送链接？`, explain: '来电人用手机打开后可发送位置、文字和照片。链接只能由一部手机打开一次，到时失效。',
  doubts: { betrays: '来电人可能不便接听：手机提示音会暴露其位置。', withheld: '来电人隐藏了号码。', landline: '这不像手机号码，可能收不到短信。' } as Record<string, string>,
  again: '上一个链接将失效。', sure: '仍要发送', left: (n: number) => `本次来电还可发送 ${n} 次`,
  state: { asked: '正在发送', sent: '已发送', unsent: '未发出', unknown: '不知是否发出，可再发', opened: '已打开', expired: '已过期', revoked: '已撤回' } as Record<string, string>,
  delivery: { delivered: '已送达', failed: '未送达', expired: '未送达' } as Record<string, string>,
  until: (time: string) => `有效至 ${time}`, by: (who: string, time: string) => `${who} ${time}`,
  texts: (n: number) => `文字 ${n}`, positions: (n: number) => `位置 ${n}`, pictures: (n: number) => `照片 ${n}`,
  locked: '未打开', seen: (who: string) => `已看：${who}`, unseen: '尚无人看过', take: '用照片里的位置', taken: '已用照片里的位置。', original: '原件', size: (kb: number) => `${kb} KB`,
  purpose: '为什么查看照片？', purposeExplain: '每次查看都记入日志：谁、何时、为什么、哪几张。', purposes: ['处理本次警情', '核对地点和经过', '案件取证', '质量检查'], open: '打开', close: '关闭', nth: (n: number, of: number) => `第 ${n} 张，共 ${of} 张`,
  wrote: '手机发来', mark: '共享', markPictures: (n: number) => `照片 ${n}`,
}
