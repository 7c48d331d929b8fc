/**
 * What every connection between a worker and a coordinator must keep to, at both of its ends and whatever carries it. An
 * adapter opens connections of its kind; the same tests run over all of them.
 */
import { ByeCode, type CoordinatorSaying, sentence } from '@shoal/core';
import type { Channel, ChannelEvents } from '@shoal/worker';
import { afterAll, describe, expect, test } from 'vitest';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../limits/limits.ts';
import { bits, Ear, HELLO, isSame, LONG, parameters, partial, SHORT } from './conformanceMessages.suite.ts';
import type { KeptConnection } from './connections.ts';
import { type ConnectionHandlers, outgoing } from './workerConnection.ts';

/** The ends of one connection, and what each is told. */
export type Ends = {
  readonly events: ChannelEvents;
  readonly handlers: ConnectionHandlers<KeptConnection>;
  readonly limits: ServerLimits;
  readonly answerBytesMax: number;
};

const PATIENCE_BYTES = 4_000_000;

const text = (said: string) => ({ type: 'text', text: said }) as const;

export type OpenConnection = {
  readonly channel: Channel;
  readonly connection: KeptConnection;
  /** The process or thread on this side is gone in this instant, whatever it was about to say. */
  crash(side: 'worker' | 'coordinator'): void;
};

export interface ConnectionAdapter {
  /** Opens one connection; resolves once both of its sides know of it. */
  connect(ends: Ends): Promise<OpenConnection>;
  /** Goes on until it is so; rejects when it does not come to be. */
  until(condition: () => boolean): Promise<void>;
  /** Goes on for a while in which whatever is on its way arrives. */
  settle(): Promise<void>;
  /** In milliseconds, as its connections see it. */
  now(): number;
  close(): Promise<void>;
}

export function connectionConformance(name: string, makeAdapter: () => Promise<ConnectionAdapter>): void {
  describe(`a connection over ${name}`, async () => {
    const adapter = await makeAdapter();
    afterAll(() => adapter.close());

    /** A connection whose hello has not been said. */
    async function connect(limits: Partial<ServerLimits> = {}) {
      const [worker, coordinator] = [new Ear(), new Ear()];
      const open = await adapter.connect({
        events: {
          onOpen: () => worker.add('open'),
          onMessage: (message) => worker.hear(message),
          onUnreadable: (problem) => worker.add(`unreadable: ${problem}`),
          onClosed: () => worker.add('closed'),
          onFailed: ({ reason }) => worker.add(`failed: ${reason}`),
        },
        handlers: {
          hello: (connection, hello) => {
            coordinator.hear(hello);
            connection.open();
          },
          message: (_connection, message) => coordinator.hear(message),
          closed: (_connection, why) => coordinator.add(`closed: ${sentence(why, 'en')}`),
        },
        limits: { ...DEFAULT_SERVER_LIMITS, ...limits },
        answerBytesMax: 4 * LONG + 100_000,
      });
      const say = (message: CoordinatorSaying): void => open.connection.send(outgoing(message));
      return { ...open, worker, coordinator, say };
    }

    /** One that is open for messages. */
    async function greeted(limits: Partial<ServerLimits> = {}) {
      const pair = await connect(limits);
      pair.channel.send(HELLO);
      await adapter.until(() => pair.coordinator.lines.length > 0);
      expect(pair.coordinator.lines).toEqual(['hello']);
      return pair;
    }

    const bothClosed = ({ worker, coordinator }: { worker: Ear; coordinator: Ear }) =>
      adapter.until(() => worker.count('closed') > 0 && coordinator.count('closed') > 0);

    test('begins with a hello', async () => {
      const { channel, worker, coordinator, connection } = await connect();
      expect(worker.lines).toEqual(['open']);
      expect(connection.isInside).toBe(false);
      channel.send({ type: 'ready' });
      channel.send(HELLO);
      await bothClosed({ worker, coordinator });
      const why = 'The first message is "hello", not "ready".';
      expect(worker.lines).toEqual(['open', `bye badMessage: ${why}`, 'closed']);
      expect(coordinator.lines).toEqual([`closed: ${why}`]);
    });

    test('says hello once', async () => {
      const pair = await greeted();
      expect(pair.connection.isInside).toBe(true);
      pair.channel.send(HELLO);
      await bothClosed(pair);
      expect(pair.coordinator.lines).toEqual(['hello', 'closed: A connection says "hello" once.']);
    });

    test('keeps the order of what is said, short and long, in both directions', async () => {
      const { channel, say, worker, coordinator } = await greeted();
      const [up, down] = [['hello'], ['open']];
      for (let i = 1; i <= 12; i += 1) {
        const vector = bits(i % 4 === 0 ? LONG : SHORT, i);
        channel.send(partial(i, vector));
        channel.send({ type: 'ready' });
        say(parameters(i, vector));
        say({ type: 'revoke', lease: i });
        up.push(`partial ${i}`, 'ready');
        down.push(`parameters ${i}`, `revoke ${i}`);
        await adapter.settle();
      }
      await adapter.until(() => coordinator.lines.length >= up.length && worker.lines.length >= down.length);
      expect(coordinator.lines).toEqual(up);
      expect(worker.lines).toEqual(down);
    });

    test('brings every bit of a vector, and what was sent may change at once', async () => {
      const { channel, say, worker, coordinator } = await greeted();
      const [up, down] = [bits(LONG, 1), bits(LONG, 2)];
      channel.send(partial(1, up));
      say(parameters(1, down));
      up.fill(0);
      down.fill(0);
      channel.send(partial(2, bits(SHORT, 3)));
      say(parameters(2, bits(SHORT, 4)));
      await adapter.until(() => coordinator.vectors.length === 2 && worker.vectors.length === 2);
      expect(
        coordinator.vectors.map((vector, i) => isSame(vector, bits([LONG, SHORT][i] as number, 1 + 2 * i))),
      ).toEqual([true, true]);
      expect(
        worker.vectors.map((vector, i) => isSame(vector, bits([LONG, SHORT][i] as number, 2 + 2 * i))),
      ).toEqual([true, true]);
    });

    test('lets the parameters lie that a session keeps, while others come', async () => {
      const heard: Uint8Array[] = [];
      const { connection } = await adapter.connect({
        events: {
          onOpen: () => {},
          onMessage: (message) => {
            if (message.type === 'parameters') heard.push(message.vector);
          },
          onUnreadable: () => {},
          onClosed: () => {},
          onFailed: () => {},
        },
        handlers: { hello: () => {}, message: () => {}, closed: () => {} },
        limits: DEFAULT_SERVER_LIMITS,
        answerBytesMax: 1000,
      });
      for (let version = 1; version <= 8; version += 1) {
        connection.send(outgoing(parameters(version, bits(LONG, version))));
        await adapter.until(() => heard.length === version);
        for (const known of [version - 1, version].filter((one) => one > 0)) {
          expect(isSame(heard[known - 1] as Uint8Array, bits(LONG, known))).toBe(true);
        }
      }
    });

    test('counts what goes over it', async () => {
      const { channel, say, connection, coordinator, worker } = await greeted();
      const before = [connection.bytesSent, connection.bytesReceived];
      channel.send(partial(1, bits(LONG, 1)));
      say(parameters(1, bits(LONG, 2)));
      await adapter.until(() => coordinator.vectors.length === 1 && worker.vectors.length === 1);
      expect(connection.bytesSent - (before[0] as number)).toBeGreaterThanOrEqual(4 * LONG);
      expect(connection.bytesReceived - (before[1] as number)).toBeGreaterThanOrEqual(4 * LONG);
    });

    test('ends with its reason, seen once on either side, after all that was said before', async () => {
      const pair = await greeted();
      const { channel, say, connection, worker, coordinator } = pair;
      say(parameters(1, bits(LONG, 1)));
      connection.end('finished', text('The run is finished.'));
      expect(connection.isOver).toBe(true);
      // Neither these nor what the worker says from now on is heard.
      connection.end('shutdown', text('Too late.'));
      say({ type: 'counted' });
      channel.send({ type: 'ready' });
      await bothClosed(pair);
      channel.send({ type: 'ready' });
      await adapter.settle();
      expect(worker.lines).toEqual(['open', 'parameters 1', 'bye finished: The run is finished.', 'closed']);
      expect(coordinator.lines).toEqual(['hello', 'closed: The run is finished.']);
      expect(connection.endedWith).toBe('finished');
    });

    test('tells the worker the code of its end, also where the reason is lost', async () => {
      const codes: (number | null)[] = [];
      const [worker, coordinator] = [new Ear(), new Ear()];
      const { connection } = await adapter.connect({
        events: {
          onOpen: () => {},
          onMessage: () => {},
          onUnreadable: () => {},
          onClosed: (code) => codes.push(code),
          onFailed: () => worker.add('failed'),
        },
        handlers: { hello: () => {}, message: () => {}, closed: () => coordinator.add('closed') },
        limits: DEFAULT_SERVER_LIMITS,
        answerBytesMax: 1000,
      });
      connection.end('convicted', text('It lied.'));
      await adapter.until(() => codes.length > 0 && coordinator.lines.length > 0);
      expect(codes).toEqual([ByeCode.convicted.code]);
    });

    test('is closed by the worker after what it said before', async () => {
      const pair = await greeted();
      const { channel, worker, coordinator, connection } = pair;
      channel.send(partial(1, bits(LONG, 1)));
      channel.send({ type: 'leave', reason: 'Enough.' });
      channel.close();
      await bothClosed(pair);
      connection.send(outgoing({ type: 'counted' }));
      await adapter.settle();
      expect(worker.lines).toEqual(['open', 'closed']);
      expect(coordinator.lines.slice(0, 3)).toEqual(['hello', 'partial 1', 'leave']);
      expect(coordinator.count('closed')).toBe(1);
      expect(coordinator.lines).toHaveLength(4);
    });

    test('hears nothing more once the worker has given it up', async () => {
      const { channel, worker, coordinator, say } = await greeted();
      channel.cut();
      say({ type: 'counted' });
      await adapter.until(() => coordinator.count('closed') > 0);
      await adapter.settle();
      expect(worker.lines).toEqual(['open']);
      expect(coordinator.count('closed')).toBe(1);
    });

    test('is read by a worker that was held back only when it is let go, in order', async () => {
      const { channel, worker, say } = await greeted();
      channel.hold();
      await adapter.settle();
      for (let i = 0; i < 3; i += 1) say({ type: 'revoke', lease: i });
      await adapter.settle();
      expect(worker.lines).toEqual(['open']);
      channel.release();
      await adapter.until(() => worker.lines.length === 4);
      expect(worker.lines).toEqual(['open', 'revoke 0', 'revoke 1', 'revoke 2']);
    });

    test('is cut when its worker does not read, rather than that without bound waits to be read', async () => {
      const { channel, connection, coordinator, say } = await greeted({ connectionBytesMax: PATIENCE_BYTES });
      channel.hold();
      const vector = bits(LONG, 1);
      let sent = 0;
      for (; sent < 100 && !connection.isOver; sent += 1) {
        say(parameters(sent + 1, vector));
        await adapter.settle();
      }
      expect(connection.isOver).toBe(true);
      expect(sent).toBeGreaterThan(1);
      await adapter.until(() => coordinator.count('closed') > 0);
      expect(coordinator.lines.at(-1)).toMatch(/^closed: More than \d+ bytes wait to be read/);
      expect(coordinator.count('closed')).toBe(1);
    });

    test('measures the way to its worker and back, and ends when nothing is heard any more', async () => {
      const pair = await greeted();
      const { channel, connection, worker, coordinator } = pair;
      const beat = (now: number, nonce: number): void =>
        connection.beat(now, nonce, outgoing({ type: 'ping', nonce }));
      beat(adapter.now(), 5);
      await adapter.until(() => worker.lines.length === 2);
      expect(worker.lines).toEqual(['open', 'ping 5']);
      channel.send({ type: 'pong', nonce: 5 });
      await adapter.until(() => connection.rttMs !== null);
      expect(connection.rttMs).toBeGreaterThanOrEqual(0);
      expect(coordinator.lines).toEqual(['hello']);
      channel.hold();
      const { silenceMs } = DEFAULT_SERVER_LIMITS;
      connection.forgiveSilence(adapter.now() + silenceMs);
      beat(adapter.now() + silenceMs, 6);
      expect(connection.isOver).toBe(false);
      beat(adapter.now() + 2 * silenceMs + 1000, 7);
      await adapter.until(() => coordinator.count('closed') > 0);
      expect(coordinator.lines).toEqual(['hello', `closed: Nothing was heard for ${silenceMs / 1000} s.`]);
    });

    test.each(['worker', 'coordinator'] as const)(
      'whose %s dies while it says something costs nobody else anything',
      async (side) => {
        const [dying, other] = [await greeted(), await greeted()];
        const survivor = side === 'worker' ? dying.coordinator : dying.worker;
        const before = [...survivor.lines];
        if (side === 'worker') dying.channel.send(partial(1, bits(LONG, 1)));
        else dying.say(parameters(1, bits(LONG, 1)));
        dying.crash(side);
        await adapter.until(() => survivor.count('closed') > 0);
        // The vector has come whole, or not at all.
        const [vector] = survivor.vectors;
        if (vector !== undefined) expect(isSame(vector, bits(LONG, 1))).toBe(true);
        expect(
          survivor.lines.slice(before.length).filter((line) => !/^(partial|parameters) 1$/.test(line)),
        ).toEqual([expect.stringMatching(/^closed/)]);
        other.channel.send(partial(2, bits(LONG, 2)));
        other.say(parameters(2, bits(LONG, 3)));
        await adapter.until(
          () => other.coordinator.vectors.length === 1 && other.worker.vectors.length === 1,
        );
        expect(isSame(other.coordinator.vectors[0], bits(LONG, 2))).toBe(true);
        expect(isSame(other.worker.vectors[0], bits(LONG, 3))).toBe(true);
        expect(other.coordinator.count('closed') + other.worker.count('closed')).toBe(0);
      },
    );
  });
}
