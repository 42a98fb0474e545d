/** The call card in Chinese. */
export const card = {
  title: '接警单', actions: '可做的事',
}
