/**
 * What every HTTP request passes before its route: no token in the address, a page of an allowed origin, a body within
 * bounds; and the headers that every answer carries.
 */
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { AccessLimits } from '../access/limits.ts';
import type { AllowedOrigins } from '../access/origins.ts';
import { secure } from './secure.ts';

/** Names under which a token is written into an address, by habit from elsewhere. */
const TOKEN_NAMES = ['token', 'access_token', 'auth', 'authorization', 'key', 'secret', 'credential'];

export const TOKEN_IN_QUERY =
  'A token does not belong into the address, where logs and histories keep it: use the join link with its "#", or the header "Authorization: Bearer".';
export const WRONG_ORIGIN =
  'Pages of this origin may not speak to the coordinator. Start it with --allow-origin to let them.';

/** Whether a request's address has a token where it would be logged. */
export function hasTokenInQuery(url: string): boolean {
  const at = url.indexOf('?');
  if (at < 0) return false;
  const names = [...new URLSearchParams(url.slice(at + 1)).keys()];
  return names.some((name) => TOKEN_NAMES.includes(name.toLowerCase()));
}

export type HttpGuards = {
  readonly limits: AccessLimits;
  readonly origins: AllowedOrigins;
  /** The host that a request was meant for. */
  readonly hostOf: (context: Context) => string | undefined;
};

export function guardHttp(app: Hono, guards: HttpGuards): void {
  secure(app);
  app.use('*', async (context, next) => {
    if (hasTokenInQuery(context.req.url)) return context.json({ error: TOKEN_IN_QUERY }, 400);
    return next();
  });
  app.use('*', originGuard(guards));
  app.use(
    '*',
    bodyLimit({
      maxSize: guards.limits.bodyBytesMax,
      onError: (context) => {
        // The rest of the body is not read, so that nothing else can come on this connection.
        context.header('connection', 'close');
        return context.json({ error: `A request has at most ${guards.limits.bodyBytesMax} bytes.` }, 413);
      },
    }),
  );
}

function originGuard({ origins, hostOf }: HttpGuards): MiddlewareHandler {
  return async (context, next) => {
    const origin = context.req.header('origin');
    if (!origins.allows({ origin, host: hostOf(context) })) return context.json({ error: WRONG_ORIGIN }, 403);
    if (origin === undefined || !origins.isNamed(origin)) return next();
    if (context.req.method === 'OPTIONS') {
      return context.body(null, 204, {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization, content-type',
        vary: 'origin',
      });
    }
    await next();
    context.header('access-control-allow-origin', origin);
    context.header('vary', 'origin');
  };
}
