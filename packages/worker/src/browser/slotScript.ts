/** The script of a slot worker: one slot, with an engine and a memory of its own. */
import { DEFAULT_LIMITS } from '@shoal/core';
import { WORKER_LIMITS } from '../limits.ts';
import { networkReasonOf } from '../networkReason.ts';
import { SlotProgram } from '../slot/slotProgram.ts';
import { browserEngineNamed } from './browserEngines.ts';
import type { SlotCommand, SlotPort, SlotReply } from './slotMessages.ts';
import { Throttle } from './throttle.ts';

/** Where commands come from and replies go: the worker itself, or a port when the page made the slot for its hub. */
type End = Pick<MessagePort, 'postMessage'>;

export function serveSlot(scope: DedicatedWorkerGlobalScope): void {
  let end: End = scope;
  const throttle = new Throttle();
  const post = (reply: SlotReply, transfer: readonly ArrayBuffer[]): void =>
    end.postMessage(reply, [...transfer]);
  const program = new SlotProgram({
    post: (answer, transfer) => {
      if (answer.type !== 'progress') throttle.pause(performance.now());
      post(answer, transfer);
    },
    now: () => performance.now(),
    pause: restBy(throttle),
    engineNamed: browserEngineNamed,
    progressMs: DEFAULT_LIMITS.progressMs,
    lends: false,
    spareBuffersMax: WORKER_LIMITS.spareBuffersMax,
    onUnusable: (problem) => post({ type: 'unusable', reason: `${networkReasonOf(problem)}.` }, []),
  });
  const take = (command: SlotCommand): void => {
    if (command.type === 'limit') throttle.limit = command.percent;
    else if (command.type === 'ping') post({ type: 'pong' }, []);
    else program.handle(command);
  };
  scope.onmessage = ({ data }: MessageEvent<SlotCommand | SlotPort>): void => {
    if (data.type !== 'port') return take(data);
    end = data.port;
    data.port.onmessage = (event: MessageEvent<SlotCommand>) => take(event.data);
  };
}

/**
 * What happens between two microbatches: messages that have come are read, and the slot rests if it has to. A timer
 * would take at least 4 ms each time; a message to oneself comes after those that are there already.
 */
function restBy(throttle: Throttle): () => Promise<void> {
  const { port1: here, port2: there } = new MessageChannel();
  const waiting: (() => void)[] = [];
  here.onmessage = () => waiting.shift()?.();
  return async () => {
    const ms = throttle.restMs(performance.now());
    await new Promise<void>((resolve) => {
      if (ms > 0) {
        setTimeout(resolve, ms);
      } else {
        waiting.push(resolve);
        there.postMessage(null);
      }
    });
    throttle.begin(performance.now());
  };
}
