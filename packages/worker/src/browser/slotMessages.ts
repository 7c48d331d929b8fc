/** What a hub and its slot workers say to each other, beside the session's requests and a slot's answers. */
import type { SlotAnswer, SlotRequest } from '../slot/slotMessages.ts';

/** What a slot finds out about the graphics processor that it was to compute with. */
export type GpuReport =
  /** How long the same samples took there and on one thread of the processor. */
  | { readonly type: 'measured'; readonly gpuMs: number; readonly threadMs: number }
  /** It computes no more; `reason` is a sentence. */
  | { readonly type: 'lost'; readonly reason: string };

export type SlotCommand =
  | SlotRequest
  /** Percent of a processor, from now on. */
  | { readonly type: 'limit'; readonly percent: number }
  /** Is it still there? */
  | { readonly type: 'ping' };

export type SlotReply =
  | SlotAnswer
  | { readonly type: 'pong' }
  | { readonly type: 'gpu'; readonly gpu: GpuReport }
  /** It cannot go on at all; `reason` is a sentence. */
  | { readonly type: 'unusable'; readonly reason: string };

/** The first message of a slot that the page made for its hub: commands come over this port. */
export type SlotPort = { readonly type: 'port'; readonly port: MessagePort };
