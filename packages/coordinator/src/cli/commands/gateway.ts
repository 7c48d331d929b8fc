/** `shoal gateway LINK`: others join this machine, which computes nothing and hands on what the coordinator grants it. */
import { randomBytes } from 'node:crypto';
import { sentences } from '@shoal/core';
import { JoinUrlError } from '@shoal/worker';
import { TrustedProxies } from '../../access/trustedProxies.ts';
import { UserError } from '../../errors.ts';
import { openGateway } from '../../gateway/openGateway.ts';
import { readLimits } from '../../limits/limits.ts';
import { err, out } from '../../terminal/terminal.ts';
import { outlivesTerminal } from '../interrupt.ts';
import { metricsOf, tlsOf } from '../openFromOptions.ts';
import type { ServingOptions } from '../options.ts';
import { goOnWithoutReader } from '../outputLoss.ts';
import { joinLink } from '../secrets.ts';
import { StatusFile } from '../statusFile.ts';
import { readTokenFile } from '../tokenFile.ts';

type Options = ServingOptions & {
  readonly linkFile?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly statusFile?: string;
  readonly memory?: number;
  readonly name?: string;
  readonly otherAddress?: readonly string[];
  readonly json?: boolean;
};

/** How often the status file is written. */
const STATUS_MS = 1_000;

export async function gateway(link: string | undefined, options: Options): Promise<number> {
  const url = await joinLink(link, options.linkFile);
  const token = options.token || (options.tokenFile ? await readTokenFile(options.tokenFile) : null);
  const tell = (level: 'info' | 'warn', message: string): void => {
    if (options.json === true) out.json({ type: 'notice', level, message });
    else (level === 'warn' ? err : out).lines(message);
  };
  const open = await openGateway({
    link: url,
    token,
    name: options.name ?? `gateway-${randomBytes(2).toString('hex')}`,
    host: options.host,
    port: options.port ?? null,
    publicUrl: options.publicUrl ?? null,
    otherAddresses: options.otherAddress ?? [],
    tls: await tlsOf(options),
    limits: readLimits(options.limit ?? []),
    allowOrigins: options.allowOrigin ?? [],
    proxies: TrustedProxies.read(options.trustProxy ?? []),
    metrics: await metricsOf(options),
    memoryBytesMax: options.memory === undefined ? null : options.memory * 1024 * 1024,
    log: tell,
    notice: (...facts) => tell('warn', sentences(facts, 'en')),
  }).catch((error: unknown) => {
    throw error instanceof JoinUrlError ? new UserError(error.message) : error;
  });
  goOnWithoutReader(() => {});
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  if (!outlivesTerminal()) signals.push('SIGHUP');
  for (const signal of signals) process.once(signal, () => open.leave(signal));
  const status = options.statusFile
    ? new StatusFile(options.statusFile, (message) => tell('warn', message))
    : null;
  const beats = setInterval(() => status?.beat(open.presence()), STATUS_MS);
  const { url: address } = open.addresses;
  if (options.json === true) out.json({ type: 'gateway', url: address, join: `${address}/join` });
  else {
    out.lines(
      `Gateway at ${address}`,
      `Others join at ${address}/join#TOKEN, with what follows the # in the coordinator's join link.`,
    );
  }
  const { exitCode, message } = await open.ended;
  clearInterval(beats);
  if (exitCode === 0) {
    if (options.json === true) out.json({ type: 'left', message });
    else out.lines(message);
    return 0;
  }
  if (options.json === true) out.json({ type: 'error', message });
  err.lines(message);
  return 2;
}
