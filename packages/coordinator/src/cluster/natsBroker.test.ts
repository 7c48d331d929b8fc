import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { testBroker } from './broker.suite.ts';
import { type Broker, BrokerAway } from './broker.ts';
import { openNatsBroker } from './natsBroker.ts';
import { type NatsServer, natsServer, natsServers, preparedServers } from './natsServer.suite.ts';

describe.skipIf(natsServer === null)('with nats-server', () => {
  let nats: readonly NatsServer[] = [];
  let clusters = 0;
  beforeAll(async () => {
    nats = await natsServers(1);
  });
  afterAll(() => Promise.all(nats.map((server) => server.end())));

  testBroker('NATS with JetStream', async () => {
    clusters += 1;
    const options = {
      servers: nats.map(({ url }) => url),
      credentialsFile: null,
      tls: { ca: null, cert: null, key: null },
      name: `test-${clusters}`,
      leaseMs: 5_000,
    };
    const open = async (): Promise<Broker> => {
      const broker = await openNatsBroker(options);
      onTestFinished(() => broker.close());
      return broker;
    };
    return { one: await open(), other: await open(), pass: (ms) => pause(ms) };
  });

  test('where one of three servers is missing at the beginning, it is said what to start', async () => {
    const three = await preparedServers(3);
    onTestFinished(async () => {
      await Promise.all(three.map((server) => server.end()));
    });
    await Promise.all(three.slice(0, 2).map((server) => server.start()));
    const opened = openNatsBroker(
      {
        ...{ servers: three.map(({ url }) => url), credentialsFile: null, name: 'early', leaseMs: 3_000 },
        tls: { ca: null, cert: null, key: null },
      },
      5_000,
    );
    await expect(opened).rejects.toThrow(/no suitable peers.* needs all 3 servers: start those that do not/);
  });

  test('whatever it is asked, and however far the answer has come when the line falls silent, it ends', async () => {
    const options = {
      ...{ credentialsFile: null, tls: { ca: null, cert: null, key: null } },
      ...{ name: 'silence', leaseMs: 3_000, contentMs: 6_000 },
    };
    const [server] = nats;
    if (server === undefined) throw new Error('There is no NATS server.');
    const whole = await openNatsBroker({ ...options, servers: [server.url] });
    onTestFinished(() => whole.close());
    await whole.contents.put('content', new Uint8Array(600_000));
    await whole.records.put('run.1', new Uint8Array(10), 0);
    const questions = [
      ({ contents }: Broker) => contents.names(),
      ({ contents }: Broker) => contents.get('content'),
      ({ records }: Broker) => records.keys('run.'),
    ];
    const outcomes = await Promise.all(
      questions.flatMap((ask) =>
        [0, 1, 2, 3, 4, 6].map(async (chunks) => {
          const line = await mutedAfter(server.port);
          const broker = await openNatsBroker({ ...options, servers: [`nats://127.0.0.1:${line.port}`] });
          onTestFinished(() => broker.close());
          line.mute(chunks);
          return ask(broker).then(
            () => 'answered',
            (error) => (error instanceof BrokerAway ? 'away' : String(error)),
          );
        }),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set(['answered', 'away']));
  });
});

/** A line to a server on which nothing comes back once so much has; nobody is told. */
async function mutedAfter(port: number): Promise<{ port: number; mute: (chunks: number) => void }> {
  let left = Number.POSITIVE_INFINITY;
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('data', (chunk) => far.write(chunk)).on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    far.on('data', (chunk) => {
      if (left > 0) near.write(chunk);
      left -= 1;
    });
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void proxy.close());
  const address = proxy.address();
  if (typeof address !== 'object' || address === null) throw new Error('The line has no port.');
  return {
    port: address.port,
    mute: (chunks) => {
      left = chunks;
    },
  };
}
