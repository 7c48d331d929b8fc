/** From a local worker to its coordinator, over the channel between their processes: what people should know of it. */
export type NoticeMessage = { readonly type: 'notice'; readonly message: string };

export function isNoticeMessage(value: unknown): value is NoticeMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { type, message } = value as Record<string, unknown>;
  return type === 'notice' && typeof message === 'string';
}
