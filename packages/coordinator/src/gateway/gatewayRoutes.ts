/** What a gateway serves over HTTP: its health, the data blocks, and the page to join. */
import type { Context, Hono } from 'hono';
import { BLOCKS_PATH } from '../run/preparation/dataBlocks.ts';
import { bearer, type Guard, RETRY_AFTER_S, Refusal, send } from '../server/apiRequest.ts';
import type { Pages } from '../server/pages.ts';
import { packageVersion } from '../version.ts';
import type { Gateway } from './gateway.ts';

const BLOCK_HEADERS = {
  'content-type': 'application/octet-stream',
  vary: 'accept-encoding',
  'cache-control': 'private, max-age=31536000, immutable',
};

export function routeGateway(
  app: Hono,
  options: Guard & { readonly gateway: Gateway; readonly pages: Pages },
): void {
  const { gateway, pages, outbox } = options;
  app.get('/healthz', (context) =>
    context.json({ status: 'ok', version: packageVersion(), joined: gateway.isJoined }),
  );
  app.get(`${BLOCKS_PATH}:sha256`, async (context) => {
    try {
      return await block(context, options);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.isForNow) context.header('retry-after', RETRY_AFTER_S);
      return context.text(`${error.message}\n`, error.status);
    }
  });
  // Whoever watches does so at the coordinator.
  app.get('/', (context) => context.redirect('join', 302));
  pages.route(app, outbox);
}

async function block(context: Context, options: Guard & { readonly gateway: Gateway }): Promise<Response> {
  const identity = await bearer(context, options, 'data');
  const sha256 = context.req.param('sha256') ?? '';
  const mayPack = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
  const served = (await options.gateway.run?.blocks.serve(sha256, mayPack)) ?? null;
  if (served === null) return context.text('This data set has no such block.\n', 404);
  const { bytes, packed } = served;
  return send(context, options, identity, {
    key: `block ${sha256} ${packed}`,
    make: () => bytes,
    headers: { ...BLOCK_HEADERS, ...(packed && { 'content-encoding': 'gzip' }) },
  });
}
