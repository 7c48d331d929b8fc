import { afterEach, describe, expect, it } from 'vitest';
import { Cancelled } from './lab/pace.ts';
import { ModelClient } from './modelClient.ts';
import type { PageMessage, WorkerMessage } from './modelMessages.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A client, and a worker that has heard `heard` and says of a read digit what `answer` posts. */
function clientAndWorker(answer: (id: number, say: (message: WorkerMessage) => void) => void) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const heard: PageMessage[] = [];
  port2.onmessage = ({ data }: MessageEvent<PageMessage>) => {
    heard.push(data);
    if (data.type === 'task') answer(data.id, (message) => port2.postMessage(message));
  };
  return { client: new ModelClient(port1 as unknown as Worker), heard, worker: port2 };
}

const SET = { set: 'test' } as const;

describe('a task that is called off', () => {
  it('before it is asked for does not begin', async () => {
    const { client, heard } = clientAndWorker((id, say) => say({ type: 'answer', id, answer: 7 }));
    await expect(client.ask('set', SET, { signal: AbortSignal.abort() })).rejects.toThrow(Cancelled);
    // What is asked for next is the first that the worker hears of.
    expect(await client.ask('set', SET)).toBe(7);
    expect(heard.map(({ type }) => type)).toEqual(['task']);
  });

  it('is heard of no more, even where the worker has answered already', async () => {
    const { client, heard, worker } = clientAndWorker((id, say) => {
      if (id > 1) say({ type: 'answer', id, answer: 7 });
    });
    const abort = new AbortController();
    const told: unknown[] = [];
    const asked = client.ask('set', SET, {
      signal: abort.signal,
      progress: (...how) => told.push(how),
      partly: (answer) => told.push(answer),
    });
    for (const message of [
      { type: 'progress', id: 1, done: 1, total: 2 },
      { type: 'partly', id: 1, answer: 5 },
      { type: 'answer', id: 1, answer: 6 },
    ])
      worker.postMessage(message);
    abort.abort();
    await expect(asked).rejects.toThrow(Cancelled);
    // Said later, and heard later.
    expect(await client.ask('set', SET)).toBe(7);
    expect(told).toEqual([]);
    expect(heard.map(({ type }) => type)).toEqual(['task', 'cancel', 'task']);
  });
});
