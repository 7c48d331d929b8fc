/** NATS as it is run where others can reach it: TLS on both sides, and credentials. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../server/certificate.suite.ts';
import { type NatsOptions, openNatsBroker } from './natsBroker.ts';
import { type NatsServer, natsServer, natsServers } from './natsServer.suite.ts';

type Keys = ReturnType<typeof nkeys.createAccount>;

const NONE = { credentialsFile: null, tls: { ca: null, cert: null, key: null } };
/** Nothing that is started is waited for: what is refused stays so. */
const NO_PATIENCE = 0;

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'shoal-nats-access-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function serverWith(args: readonly string[]): Promise<NatsServer> {
  const [server] = await natsServers(1, args);
  if (server === undefined) throw new Error('There is no NATS server.');
  onTestFinished(() => server.end());
  return server;
}

async function keepsSomething(options: NatsOptions): Promise<void> {
  const broker = await openNatsBroker(options, NO_PATIENCE);
  onTestFinished(() => broker.close());
  await broker.contents.put('content', new Uint8Array(1_000).fill(7));
  expect((await broker.contents.get('content'))?.[999]).toBe(7);
  expect(await broker.records.put('record', new Uint8Array(10), 0)).toBeGreaterThan(0);
}

/** A token of NATS: a JWT that its own kind of key signs. */
function token(issuer: Keys, subject: Keys, nats: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [iss, sub] = [issuer.getPublicKey(), subject.getPublicKey()];
  const claims = { jti: sub, iat: Math.floor(Date.now() / 1000), iss, sub, name: 'test', nats };
  const signed = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part(claims)}`;
  return `${signed}.${Buffer.from(issuer.sign(new TextEncoder().encode(signed))).toString('base64url')}`;
}

describe.skipIf(natsServer === null)('a cluster at NATS', () => {
  test('whose servers and clients have certificates', async () => {
    const place = await folder();
    const { cert, key } = selfSigned(['127.0.0.1']);
    const files = { cert: join(place, 'cert.pem'), key: join(place, 'key.pem') };
    await writeFile(files.cert, cert);
    await writeFile(files.key, key);
    const server = await serverWith([
      ...['--tlscert', files.cert, '--tlskey', files.key, '--tlscacert', files.cert, '--tlsverify'],
    ]);
    const options = {
      ...{ ...NONE, servers: [`tls://127.0.0.1:${server.port}`], name: 'tls', leaseMs: 10_000 },
    };
    await keepsSomething({ ...options, tls: { ca: files.cert, ...files } });
    await expect(openNatsBroker(options, NO_PATIENCE)).rejects.toThrow('cannot be reached');
    const another = selfSigned(['192.0.2.1']);
    await writeFile(join(place, 'another.pem'), another.cert);
    await writeFile(join(place, 'another.key'), another.key);
    const impostor = await serverWith([
      ...['--tlscert', join(place, 'another.pem'), '--tlskey', join(place, 'another.key')],
    ]);
    const misled = {
      ...{ ...options, servers: [`tls://127.0.0.1:${impostor.port}`] },
      tls: { ca: join(place, 'another.pem'), cert: null, key: null },
    };
    await expect(openNatsBroker(misled, NO_PATIENCE)).rejects.toThrow('127.0.0.1');
    const half = { ...options, tls: { ca: files.cert, cert: files.cert, key: null } };
    await expect(openNatsBroker(half, NO_PATIENCE)).rejects.toThrow('--cluster-key');
    const absent = { ...options, tls: { ca: join(place, 'absent.pem'), cert: null, key: null } };
    await expect(openNatsBroker(absent, NO_PATIENCE)).rejects.toThrow('absent.pem');
  });

  test('that asks for credentials', async () => {
    const place = await folder();
    const [operator, system, account, user, stranger] = [
      nkeys.createOperator(),
      nkeys.createAccount(),
      nkeys.createAccount(),
      nkeys.createUser(),
      nkeys.createUser(),
    ];
    const open = {
      subs: -1,
      data: -1,
      payload: -1,
      imports: -1,
      exports: -1,
      wildcards: true,
      conn: -1,
      leaf: -1,
    };
    const stores = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
    const ofAccount = (limits: object): object => ({ type: 'account', version: 2, limits });
    const config = join(place, 'nats.conf');
    await writeFile(
      config,
      `operator: ${token(operator, operator, { type: 'operator', version: 2 })}
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: {
  ${system.getPublicKey()}: ${token(operator, system, ofAccount(open))}
  ${account.getPublicKey()}: ${token(operator, account, ofAccount({ ...open, ...stores }))}
}
`,
    );
    const server = await serverWith(['--config', config]);
    const credentials = async (keys: Keys, issuer: Keys): Promise<string> => {
      const file = join(place, `${keys.getPublicKey()}.creds`);
      const claims = { type: 'user', version: 2, pub: {}, sub: {}, subs: -1, data: -1, payload: -1 };
      const seed = new TextDecoder().decode(keys.getSeed());
      await writeFile(
        file,
        `-----BEGIN NATS USER JWT-----\n${token(issuer, keys, claims)}\n------END NATS USER JWT------\n
-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
      );
      return file;
    };
    const options = { ...NONE, servers: [server.url], name: 'credentials', leaseMs: 10_000 };
    await keepsSomething({ ...options, credentialsFile: await credentials(user, account) });
    await expect(openNatsBroker(options, NO_PATIENCE)).rejects.toThrow('cannot be reached');
    const strange = { ...options, credentialsFile: await credentials(stranger, nkeys.createAccount()) };
    await expect(openNatsBroker(strange, NO_PATIENCE)).rejects.toThrow('cannot be reached');
  });
});
