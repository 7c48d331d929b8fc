/** What `shoal worker` says at an address that it cannot join, as a volunteer would meet it, with certificates of every kind. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../../packages/coordinator/src/server/certificate.suite.ts';
import { Cluster, temporaryFolder } from '../support/cluster.ts';
import { openPlainProxy } from '../support/plainProxy.ts';
import { ShoalProcess } from '../support/shoalProcess.ts';
import { perceptron } from '../support/specs.ts';

type Certificate = ReturnType<typeof selfSigned>;

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const secure = (certificate: Certificate): Promise<number> =>
  listen(createTlsServer(certificate, (_request, response) => response.writeHead(404).end()));

/** Its exit code and what it says, to somebody who trusts this certificate or none. */
async function worker(url: string, trusted: Certificate | null = null) {
  const environment: Record<string, string> = {};
  if (trusted !== null) {
    environment.NODE_EXTRA_CA_CERTS = join(await temporaryFolder(), 'ca.pem');
    await writeFile(environment.NODE_EXTRA_CA_CERTS, trusted.cert);
  }
  const args = ['worker', `${url}/#secret`, '--threads', '1', '--name', 'ada'];
  const process = ShoalProcess.start(args, { environment });
  const { code } = await process.end();
  return { code, said: process.errors };
}

test('a certificate that is not trusted, has expired or is for another name ends it with the way out', async () => {
  const own = selfSigned(['127.0.0.1']);
  const untrusted = await worker(`https://127.0.0.1:${await secure(own)}`);
  expect(untrusted.code).toBe(2);
  expect(untrusted.said).toMatch(
    /^The certificate of 127\.0\.0\.1:\d+ is not trusted: .* NODE_EXTRA_CA_CERTS=FILE\.\n$/,
  );

  // Trusted, and so far right: what answers is only no coordinator.
  const trusted = await worker(`https://127.0.0.1:${await secure(own)}`, own);
  expect(trusted.said).toMatch(/is no Shoal coordinator: it answers 404/);

  const old = selfSigned(['127.0.0.1'], 2021);
  const expired = await worker(`https://127.0.0.1:${await secure(old)}`, old);
  expect(expired.code).toBe(2);
  expect(expired.said).toMatch(
    /^The certificate of 127\.0\.0\.1:\d+ has expired\. .* clock of this machine is wrong\.\n$/,
  );

  const other = selfSigned(['shoal.example']);
  const misnamed = await worker(`https://127.0.0.1:${await secure(other)}`, other);
  expect(misnamed.code).toBe(2);
  expect(misnamed.said).toMatch(/^The certificate that 127\.0\.0\.1:\d+ shows is for another name\./);
});

test('http where a coordinator speaks https, and https where it speaks http, end it with the right address', async () => {
  const folder = await temporaryFolder();
  const certificate = selfSigned(['127.0.0.1', 'localhost']);
  await writeFile(join(folder, 'cert.pem'), certificate.cert);
  await writeFile(join(folder, 'key.pem'), certificate.key);
  const cluster = await Cluster.of(perceptron());
  const tls = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')];
  const port = (link: string): string => new URL(link).port;

  const secured = port(await cluster.train(0, tls).joinUrl());
  const plain = await worker(`http://127.0.0.1:${secured}`);
  expect(plain.code).toBe(2);
  expect(plain.said).toBe(
    `https is spoken at http://127.0.0.1:${secured}, not http: use https://127.0.0.1:${secured} with the same token.\n`,
  );

  const open = port(await cluster.train(0).joinUrl());
  const wrong = await worker(`https://127.0.0.1:${open}`);
  expect(wrong.code).toBe(2);
  expect(wrong.said).toMatch(new RegExp(`^http is spoken at https://127\\.0\\.0\\.1:${open}, not https\\.`));
});

test('a proxy that passes no WebSockets on is told from the coordinator behind it', async () => {
  const cluster = await Cluster.of(perceptron());
  const proxy = await openPlainProxy(await cluster.train(0).joinUrl());
  const { code, said } = await worker(proxy);
  expect(code).toBe(2);
  expect(said).toMatch(
    /^The coordinator at http:\/\/127\.0\.0\.1:\d+ is there, but a proxy between does not pass WebSockets on\./,
  );
});
