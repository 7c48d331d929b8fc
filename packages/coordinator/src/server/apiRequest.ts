/** A request of the HTTP interface: who sends it, what it says, and how it is answered or refused. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { CheckpointError, type Fact, IdxError, ModelError, SpecError, sentence } from '@shoal/core';
import type { Context } from 'hono';
import * as v from 'valibot';
import type { Access, Action, Identity } from '../access/access.ts';
import { UserError } from '../errors.ts';
import type { Full, Outbox, Parcel } from './outbox.ts';
import { permit, type Visitor } from './visitor.ts';

/** What a request is let in by. */
export type Guard = {
  readonly access: Access;
  /** Who sends a request, for counting wrong tokens. */
  readonly visitorOf: (context: Context) => Visitor;
  readonly outbox: Outbox;
};

type Status = 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500 | 503;

export class Refusal extends Error {
  readonly status: Status;

  constructor(status: Status, message: string) {
    super(message);
    this.status = status;
  }

  /** A limit was reached; the same request may be met later. */
  get isForNow(): boolean {
    return this.status === 429 || this.status === 503;
  }
}

/** Shorter ones are not worth it. */
const GZIP_BYTES_MIN = 1_024;
const GZIP_LEVEL = 5;
/** When whoever met a limit may ask again. */
export const RETRY_AFTER_S = '2';

/** The bearer, if its role goes so far and it has not asked for too much at once. */
export async function bearer(context: Context, guard: Guard, action: Action): Promise<Identity> {
  const { access, visitorOf, outbox } = guard;
  const header = context.req.header('authorization') ?? '';
  const token = /^Bearer (.+)$/.exec(header)?.[1];
  const permission = await permit(access, visitorOf(context), token, action);
  if (permission.type === 'refused') throw new Refusal(permission.status, sentence(permission.why, 'en'));
  const full = outbox.enter(context, permission.identity);
  if (full !== null) throw new Refusal(full.status, full.message);
  return permission.identity;
}

export function send(context: Context, { outbox }: Guard, identity: Identity, parcel: Parcel): Response {
  const sent: Response | Full = outbox.send(context, identity, parcel);
  if (sent instanceof Response) return sent;
  throw new Refusal(sent.status, sent.message);
}

export async function sendJson(
  context: Context,
  guard: Guard,
  identity: Identity,
  value: unknown,
): Promise<Response> {
  const plain = new Uint8Array(Buffer.from(JSON.stringify(value)));
  const takesGzip = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
  const isZipped = takesGzip && plain.length >= GZIP_BYTES_MIN;
  const bytes = isZipped ? new Uint8Array(await promisify(gzip)(plain, { level: GZIP_LEVEL })) : plain;
  return send(context, guard, identity, {
    key: null,
    make: () => bytes,
    headers: {
      'content-type': 'application/json',
      vary: 'accept-encoding',
      ...(isZipped && { 'content-encoding': 'gzip' }),
    },
  });
}

/** The request's JSON, checked field by field. */
export async function body<T extends v.GenericSchema>(
  context: Context,
  schema: T,
): Promise<v.InferOutput<T>> {
  const text = await context.req.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(
      400,
      'The request is no JSON: send an object, such as {"spec": {"preset": "mnist-mlp"}}.',
    );
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? '';
  throw new Refusal(
    400,
    `The request is not understood${where === '' ? '' : ` at "${where}"`}: ${issue.message}.`,
  );
}

export const refuse = (
  context: Context,
  status: Status,
  error: string,
  facts: readonly Fact[] = [],
): Response => context.json(facts.length === 0 ? { error } : { error, facts }, status);

/** What was decided: the sentence, and what it says. */
export const decided = (fact: Fact): { readonly message: string; readonly facts: readonly Fact[] } => ({
  message: sentence(fact, 'en'),
  facts: [fact],
});

/** What the error's message says, for a page in another language. */
export function factsOf(error: Error): readonly Fact[] {
  if (error instanceof SpecError) return error.problems;
  const single = error instanceof ModelError || error instanceof IdxError || error instanceof CheckpointError;
  if (single) return [error.fact];
  return error instanceof UserError ? error.facts : [];
}
