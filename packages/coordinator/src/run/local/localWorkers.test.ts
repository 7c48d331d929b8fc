import { type ByeName, sentence } from '@shoal/core';
import { afterEach, expect, test } from 'vitest';
import { LocalWorkers } from './localWorkers.ts';

const UNTIL_MS = 30_000;

let workers: LocalWorkers | null = null;
afterEach(() => workers?.close());

/** Local workers whose threads run this in place of a worker. `port` in it is the port to the coordinator. */
function threadsOf(program: string) {
  const notices: string[] = [];
  const closings: ((endedWith: ByeName | null) => void)[] = [];
  const suspects: string[] = [];
  let exhausted = 0;
  const source = `
    import { MessageChannel, parentPort as port } from 'node:worker_threads';
    const say = (text) => port.postMessage({ type: 'notice', said: { type: 'text', text } });
    ${program}`;
  const started = new LocalWorkers({
    threads: 1,
    token: 'token',
    connect: (_asked, onClosed) => closings.push(onClosed),
    data: () => null,
    script: new URL(`data:text/javascript,${encodeURIComponent(source)}`),
    onNotice: (fact) => notices.push(sentence(fact, 'en')),
    onSuspect: (identity, belief) => suspects.push(`${identity} ${belief}`),
    onExhausted: () => {
      exhausted += 1;
    },
  });
  workers = started;
  const until = async (condition: () => boolean): Promise<void> => {
    const deadline = performance.now() + UNTIL_MS;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`It did not come to be: ${notices.join(' | ')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const count = (part: string): number => notices.filter((notice) => notice.includes(part)).length;
  return { workers: started, notices, closings, suspects, until, count, exhausted: () => exhausted };
}

test('a worker in an endless loop is ended once it has been silent, and another takes its place', async () => {
  const { workers, closings, until, count } = threadsOf(`
    say('here');
    const { port2 } = new MessageChannel();
    port.postMessage({ type: 'connect', port: port2, read: new SharedArrayBuffer(4) }, [port2]);
    for (;;);`);
  workers.add();
  await until(() => count('here') === 1 && closings.length === 1);
  closings[0]?.('silent');
  await until(() => count('here') === 2);
  expect(count('local-1 ended (exit code 1); it is started again.')).toBe(1);
  expect(workers.views).toEqual([{ name: 'local-1', state: 'running' }]);
});

test('a frozen worker is silent by order, and one whose connection ends otherwise may come back: both go on', async () => {
  const { workers, notices, closings, until, count } = threadsOf(`
    port.on('message', ({ fault }) => say(fault));
    const { port2 } = new MessageChannel();
    port.postMessage({ type: 'connect', port: port2, read: new SharedArrayBuffer(4) }, [port2]);`);
  workers.add();
  await until(() => closings.length === 1);
  closings[0]?.('betweenRuns');
  closings[0]?.(null);
  expect(workers.act('local-1', 'freeze')).toMatchObject({ type: 'done' });
  await until(() => count('frozen') === 1);
  closings[0]?.('silent');
  expect(workers.act('local-1', 'restore')).toMatchObject({ type: 'done' });
  await until(() => count('none') === 1);
  expect(notices).toEqual(['local-1: frozen', 'local-1: none']);
});

test('what is thrown in a worker ends it alone; after five times it is not started again', async () => {
  const { workers, until, count, exhausted } = threadsOf(`throw new RangeError('a trap');`);
  workers.add();
  await until(() => exhausted() === 1);
  expect(count('The local worker local-1 failed: a trap.')).toBe(6);
  expect(count('it is started again')).toBe(5);
  expect(count('is not started again')).toBe(1);
  expect(workers.views).toEqual([{ name: 'local-1', state: 'killed' }]);
});

test('a worker that takes all memory that it may have ends, and this process does not', async () => {
  const { workers, until, count } = threadsOf(`
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(0.5));`);
  workers.add();
  await until(() => count('it is started again') === 1);
  expect(count('memory limit')).toBe(1);
});

test('a worker that was sent away stays away until it is asked for, as somebody new', async () => {
  const { workers, notices, until, count, exhausted } = threadsOf(`
    import { workerData } from 'node:worker_threads';
    say('I am ' + workerData.identity);
    setImmediate(() => process.exit(2));`);
  workers.add();
  await until(() => exhausted() === 1);
  expect(count('(exit code 2) and is not started again')).toBe(1);
  expect(workers.act('local-1', 'restore')).toEqual({
    type: 'done',
    fact: { type: 'localRestarted', name: 'local-1', asNew: true },
  });
  await until(() => exhausted() === 2);
  const names = notices.filter((notice) => notice.includes('I am '));
  expect(names).toHaveLength(2);
  expect(names[0]).not.toBe(names[1]);
});

test('a worker that is killed ends without a word, and one that is made to lie is told of before it does', async () => {
  const { workers, notices, suspects, until } = threadsOf(`say('here'); setInterval(() => {}, 1000);`);
  workers.add();
  await until(() => notices.length === 1);
  expect(workers.act('local-1', 'poison', 'checked')).toMatchObject({ type: 'done' });
  expect(suspects).toEqual([expect.stringMatching(/ checked$/)]);
  expect(workers.act('local-1', 'kill')).toMatchObject({ type: 'done' });
  expect(workers.act('local-1', 'kill')).toEqual({ type: 'notRunning' });
  expect(workers.act('local-2', 'kill')).toEqual({ type: 'unknown' });
  expect(workers.views).toEqual([{ name: 'local-1', state: 'killed' }]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(notices).toEqual(['local-1: here']);
});
