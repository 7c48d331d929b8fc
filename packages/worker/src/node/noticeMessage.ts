/** From a local worker to its coordinator, over the channel between their processes: what people should know of it. */
import type { ConnectionFact, TextFact } from '@shoal/core';

export type NoticeMessage = { readonly type: 'notice'; readonly said: ConnectionFact | TextFact };

export function isNoticeMessage(value: unknown): value is NoticeMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { type, said } = value as Record<string, unknown>;
  return type === 'notice' && typeof said === 'object' && said !== null;
}
