/**
 * What every HTTP request passes before its route: no token in the address, a page of an allowed origin where something
 * is guarded, a body within bounds; and the headers that every answer carries.
 */
import { type DismissalFact, sentence } from '@shoal/core';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { AllowedOrigins } from '../access/origins.ts';
import type { AccessLimits } from '../limits/limits.ts';
import { secure } from './secure.ts';

/** Names under which a token is written into an address, by habit from elsewhere. */
const TOKEN_NAMES = ['token', 'access_token', 'auth', 'authorization', 'key', 'secret', 'credential'];

/** What acts, or shows what a token is needed for. */
const GUARDED = ['/api/*', '/blocks/*', '/metrics'];

export const TOKEN_IN_QUERY =
  'A token does not belong into the address, where logs and histories keep it: use the join link with its "#", or the header "Authorization: Bearer".';

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
  /** @returns why the page that sent a request may not speak to the coordinator, or null */
  readonly refuseOrigin: (context: Context) => DismissalFact | null;
};

export function guardHttp(app: Hono, guards: HttpGuards): void {
  secure(app);
  app.use('*', async (context, next) => {
    if (hasTokenInQuery(context.req.url)) return context.json({ error: TOKEN_IN_QUERY }, 400);
    return next();
  });
  app.use('*', shareWithNamed(guards));
  // Pages and what they are made of are for everyone; a browser names an origin also when it asks for a page's own script.
  for (const path of GUARDED) app.use(path, originGuard(guards));
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

function originGuard({ refuseOrigin }: HttpGuards): MiddlewareHandler {
  return async (context, next) => {
    const refused = refuseOrigin(context);
    return refused === null
      ? next()
      : context.json({ error: sentence(refused, 'en'), facts: [refused] }, 403);
  };
}

/** Pages of origins that were named may read what is answered. */
function shareWithNamed({ origins }: HttpGuards): MiddlewareHandler {
  return async (context, next) => {
    const origin = context.req.header('origin');
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
