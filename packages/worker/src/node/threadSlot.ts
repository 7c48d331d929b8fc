/** A slot in a worker thread of Node.js. */
import { Worker } from 'node:worker_threads';
import type { SlotFactory } from '../shell/slots.ts';
import type { SlotAnswer } from '../slot/slotMessages.ts';
import { transferOf } from '../slot/transfer.ts';

/** Node.js 20 starts no thread from TypeScript, so that from a source tree the built script is taken. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/node/slotThread.js' : './slotThread.js',
  import.meta.url,
);

export const threadSlot: SlotFactory = ({ onAnswer, onDied }) => {
  const thread = new Worker(SCRIPT, { name: 'shoal slot' });
  let over = false;
  const die = (reason: string): void => {
    if (over) return;
    over = true;
    onDied(reason);
  };
  thread.on('message', (answer: SlotAnswer) => {
    if (!over) onAnswer(answer);
  });
  thread.on('error', (problem) => {
    die(problem instanceof Error ? sentence(problem.message) : 'The thread threw something odd.');
  });
  thread.on('exit', (code) => die(`The thread ended with code ${code}.`));
  return {
    readsAtOnce: false,
    post: (request) => thread.postMessage(request, transferOf(request)),
    close: async () => {
      over = true;
      await thread.terminate();
    },
  };
};

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
