/** What a hub and its slot workers say to each other, beside the session's requests and a slot's answers. */
import type { SlotAnswer, SlotRequest } from '../slot/slotMessages.ts';

export type SlotCommand =
  | SlotRequest
  /** Percent of a processor, from now on. */
  | { readonly type: 'limit'; readonly percent: number }
  /** Is it still there? */
  | { readonly type: 'ping' };

export type SlotReply =
  | SlotAnswer
  | { readonly type: 'pong' }
  /** It cannot go on at all; `reason` is a sentence. */
  | { readonly type: 'unusable'; readonly reason: string };

/** The first message of a slot that the page made for its hub: commands come over this port. */
export type SlotPort = { readonly type: 'port'; readonly port: MessagePort };
