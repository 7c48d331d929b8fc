/** What comes off a WebSocket, as the events of a channel. */
import { type CoordinatorMessage, decodeCoordinatorMessage, reasonOf } from '@shoal/core';
import type { ChannelEvents } from './channel.ts';

/** Anything but bytes is no frame. */
export function readFrame(
  data: unknown,
  { onMessage, onUnreadable }: Pick<ChannelEvents, 'onMessage' | 'onUnreadable'>,
): void {
  if (!(data instanceof Uint8Array)) return onUnreadable('The frame is not binary.');
  let message: CoordinatorMessage;
  try {
    message = decodeCoordinatorMessage(data);
  } catch (problem) {
    return onUnreadable(reasonOf(problem));
  }
  onMessage(message, data.length);
}
