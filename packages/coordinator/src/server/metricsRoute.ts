/**
 * `/metrics` for Prometheus. Whoever may watch may read it, and so may whoever shows the token that is for this alone;
 * from the machine itself it may be open to everybody.
 */
import { timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { sentence } from '@shoal/core';
import type { Context, Hono } from 'hono';
import { TrustedProxies } from '../access/trustedProxies.ts';
import { bearer, type Guard, RETRY_AFTER_S, Refusal } from './apiRequest.ts';

export type MetricsAccess = {
  /** Opens `/metrics` and nothing else; null without. */
  readonly token: string | null;
  /** Requests of this machine need none. */
  readonly isOpenHere: boolean;
};

const LOOPBACK = TrustedProxies.read(['loopback']);

export const NO_METRICS_ACCESS: MetricsAccess = { token: null, isOpenHere: false };

export type MetricsOptions = Guard & {
  readonly metricsAccess: MetricsAccess;
  readonly metrics: { text(): Promise<{ readonly type: string; readonly text: string }> };
};

export function routeMetrics(app: Hono, options: MetricsOptions): void {
  const { metricsAccess, metrics } = options;
  app.get('/metrics', async (context) => {
    context.header('cache-control', 'no-store');
    try {
      if (!isFromHere(context, metricsAccess) && !showsToken(context, options)) {
        await bearer(context, options, 'watch');
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.isForNow) context.header('retry-after', RETRY_AFTER_S);
      if (error.status === 401) context.header('www-authenticate', 'Bearer');
      return context.text(`${error.message}\n`, error.status);
    }
    const { type, text } = await metrics.text();
    return context.body(text, 200, { 'content-type': type });
  });
}

/**
 * A proxy on this machine connects from here for everybody, and a page of elsewhere may have a name that means this machine: so
 * the request must name this machine as well, and must not have been passed on.
 */
function isFromHere(context: Context, { isOpenHere }: MetricsAccess): boolean {
  if (!isOpenHere) return false;
  const { socket, headers } = (context.env as HttpBindings).incoming;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false;
  const host = URL.canParse(`http://${headers.host}`) ? new URL(`http://${headers.host}`).hostname : '';
  const namesThisMachine = host === 'localhost' || LOOPBACK.trusts(host.replaceAll(/[[\]]/g, ''));
  return namesThisMachine && LOOPBACK.trusts(socket.remoteAddress);
}

/** Wrong tokens count against the address that they come from: `bearer` sees to that. @throws Refusal for an address that waits */
function showsToken(context: Context, { metricsAccess: { token }, visitorOf }: MetricsOptions): boolean {
  const given = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1];
  if (token === null || given === undefined || !sameText(given, token)) return false;
  const wait = visitorOf(context).mayTry();
  if (wait !== null) throw new Refusal(429, sentence(wait, 'en'));
  return true;
}

function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
