/**
 * The coordinator's health check: does it answer at /healthz? With TLS it asks over TLS; which name the certificate is
 * for does not matter to a process that asks its own loopback address.
 */
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';

const PATIENCE_MS = 4_000;
const url = new URL(process.env.SHOAL_HEALTH_URL || 'http://127.0.0.1:7465/healthz');
const get = url.protocol === 'https:' ? getHttps : getHttp;

function fail(reason) {
  process.stdout.write(`${url.href}: ${reason}\n`);
  process.exit(1);
}

const request = get(url, { timeout: PATIENCE_MS, rejectUnauthorized: false }, (response) => {
  response.resume();
  if (response.statusCode !== 200) fail(`answered ${response.statusCode}`);
  process.stdout.write('answers\n');
});
request.on('timeout', () => fail(`no answer in ${PATIENCE_MS} ms`));
request.on('error', (error) => fail(error.message));
