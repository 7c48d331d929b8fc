import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { testBroker } from './broker.suite.ts';
import type { Broker } from './broker.ts';
import { openNatsBroker } from './natsBroker.ts';
import { type NatsServer, natsServer, natsServers } from './natsServer.suite.ts';

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
      leaseMs: 2_000,
    };
    const open = async (): Promise<Broker> => {
      const broker = await openNatsBroker(options);
      onTestFinished(() => broker.close());
      return broker;
    };
    return { one: await open(), other: await open(), pass: (ms) => pause(ms) };
  });
});
