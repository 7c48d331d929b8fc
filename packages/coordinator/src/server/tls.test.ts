import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { TrustedProxies } from '../access/trustedProxies.ts';
import { Connections } from '../connection/connections.ts';
import { DEFAULT_COORDINATOR_LIMITS, type ServerLimits } from '../limits/limits.ts';
import { selfSigned } from './certificate.suite.ts';
import { listen } from './listen.ts';
import { CoordinatorServer } from './server.ts';
import { readTlsFiles, type TlsIdentity } from './tlsFiles.ts';

const identity = selfSigned(['localhost', '127.0.0.1']);

async function serve(
  tls: TlsIdentity | null,
  limits: Partial<ServerLimits> = {},
): Promise<{ server: CoordinatorServer; port: number }> {
  const all = { ...DEFAULT_COORDINATOR_LIMITS.server, ...limits };
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    keptPort: null,
    preferredPort: 0,
    tls,
    limits: all,
  });
  const server = new CoordinatorServer({
    rejected: () => {},
    connections: new Connections(performance.now()),
    listening,
    limits: all,
    frameBytesMax: () => 1000,
    allowOrigins: [],
    basePath: '',
    proxies: TrustedProxies.none,
    notice: () => {},
    upgrades: new Map(),
    handlers: { hello: () => {}, message: () => {}, closed: () => {} },
    routes: (app) => app.get('/healthz', (context) => context.text('well')),
    clock: () => performance.now(),
  });
  onTestFinished(() => server.close(1_000));
  return { server, port: listening.port };
}

async function statusOver(port: number, ca: string | undefined): Promise<number | undefined> {
  const request = get({ host: '127.0.0.1', port, path: '/healthz', agent: false, ...(ca && { ca }) });
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

test('with a certificate, pages and WebSockets are served to whoever trusts it, and to nobody else', async () => {
  const { server, port } = await serve(identity);
  expect(await statusOver(port, identity.cert)).toBe(200);
  await expect(statusOver(port, undefined)).rejects.toThrow(/self-signed/);
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();

  const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, { ca: identity.cert });
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  expect(server.connections.size).toBe(1);
});

test('nothing older than TLS 1.2 is spoken, nothing newer than HTTP/1.1 is agreed on, and silence ends', async () => {
  const { port } = await serve(identity, { headersTimeoutMs: 3_000 });
  const open = (more: object) => {
    const socket = connectTls({ host: '127.0.0.1', port, ca: identity.cert, ...more });
    onTestFinished(() => {
      socket.destroy();
    });
    return socket;
  };
  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    const old = open({ minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' });
    await expect(once(old, 'secureConnect')).rejects.toThrow();
  }
  const offers = open({ ALPNProtocols: ['h2', 'http/1.1'] });
  await once(offers, 'secureConnect');
  expect([offers.alpnProtocol, offers.getProtocol()]).toEqual(['http/1.1', 'TLSv1.3']);
  // Connected, and never a word of the handshake.
  const mute = connectTcp(port, '127.0.0.1');
  mute.on('error', () => {});
  await once(mute, 'close');
});

test('no other protocol is agreed on in place of a WebSocket without compression', async () => {
  const { port } = await serve(null);
  const upgrade = async (path: string, more: string): Promise<string> => {
    const socket = connectTcp(port, '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\n${more}\r\n`);
    const [answer] = await once(socket, 'data');
    return String(answer);
  };
  const h2c = 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n';
  for (const path of ['/ws', '/', '/api/runs'])
    expect(await upgrade(path, h2c)).toMatch(/^HTTP\/1\.1 4\d\d /);
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const wish = 'Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\n';
  const socket = await upgrade('/ws', `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n${key}${wish}`);
  expect(socket).toMatch(/^HTTP\/1\.1 101 /);
  expect(socket).not.toMatch(/extensions|permessage/i);
  expect(await upgrade('/ws', `Upgrade: websocket\r\nSec-WebSocket-Version: 7\r\n${key}`)).toMatch(
    /^HTTP\/1\.1 4\d\d /,
  );
  const plain = await fetch(`http://127.0.0.1:${port}/ws`);
  expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
  expect(await plain.text()).toMatch(/let every proxy between pass them on/);
});

describe('certificate and key', () => {
  let folder = '';
  const file = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shoal-tls-'));
    const other = selfSigned(['localhost']);
    await writeFile(file('cert.pem'), identity.cert);
    await writeFile(file('key.pem'), identity.key);
    await writeFile(file('other.pem'), other.key);
    await writeFile(file('text.pem'), 'not a certificate');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('are read when they belong together', async () => {
    expect(await readTlsFiles(file('cert.pem'), file('key.pem'))).toEqual(identity);
  });

  test.each([
    ['absent.pem', 'key.pem', /certificate .*absent\.pem cannot be used .*ENOENT/],
    ['cert.pem', 'absent.pem', /key .*absent\.pem cannot be used/],
    ['text.pem', 'key.pem', /certificate .*text\.pem cannot be used .*PEM files/],
    ['cert.pem', 'text.pem', /key .*text\.pem cannot be used/],
    ['cert.pem', 'other.pem', /other\.pem does not belong to the certificate in .*cert\.pem/],
  ])('%s with %s is refused with a sentence', async (cert, key, sentence) => {
    await expect(readTlsFiles(file(cert), file(key))).rejects.toThrow(sentence);
  });
});
