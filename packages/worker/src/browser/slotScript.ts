/** The script of a slot worker: one slot, with an engine and a memory of its own. */
import type { SlotCommand, SlotPort } from './slotMessages.ts';
import { openTabSlot } from './tabSlot.ts';

/** Where commands come from and replies go: the worker itself, or a port when the page made the slot for its hub. */
type End = Pick<MessagePort, 'postMessage'>;

export function serveSlot(scope: DedicatedWorkerGlobalScope): void {
  let end: End = scope;
  const take = openTabSlot(false, (reply, transfer) => end.postMessage(reply, [...transfer]));
  scope.onmessage = ({ data }: MessageEvent<SlotCommand | SlotPort>): void => {
    if (data.type !== 'port') return take(data);
    end = data.port;
    data.port.onmessage = (event: MessageEvent<SlotCommand>) => take(event.data);
  };
}
