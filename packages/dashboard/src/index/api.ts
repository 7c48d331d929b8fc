/** The coordinator's HTTP API with this tab's token. */
import type { Fact } from '@shoal/core';
import { coordinatorUrl } from '../shared/coordinatorUrl.ts';
import { language } from '../shared/language.ts';
import { wordsOf } from '../shared/words.ts';
import { ApiError } from './apiError.ts';
import { refusalIn } from './refusals.ts';
import { token } from './session.ts';
import { frameTexts } from './texts.ts';

const TIMEOUT_MS = 30_000;

async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(coordinatorUrl(path), {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token.value ?? ''}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new ApiError(0, refusalIn(language.value, { code: null, status: 0, message: '' }));
  }
  if (response.ok) return response;
  throw await refusalOf(response);
}

async function refusalOf(response: Response): Promise<ApiError> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => null);
  const { error, code, facts } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  return new ApiError(status, sentenceOf(response, error, facts), typeof code === 'string' ? code : null);
}

/** Where the coordinator says it as facts too, they are said in the page's language. */
function sentenceOf({ status, statusText }: Response, error: unknown, facts: unknown): string {
  if (Array.isArray(facts)) return (facts as Fact[]).map(wordsOf).join('\n');
  return typeof error === 'string' ? error : frameTexts().answered(`${status} ${statusText}`.trim());
}

/** Each fails with an `ApiError`. Answers are typed by the caller, who knows the path. */
export const api = {
  async get<T>(path: string): Promise<T> {
    return (await (await request(path, { method: 'GET' })).json()) as T;
  },
  async post<T>(path: string, body: unknown = {}): Promise<T> {
    const response = await request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return (text === '' ? null : JSON.parse(text)) as T;
  },
  async bytes(path: string): Promise<{ readonly buffer: ArrayBuffer; readonly headers: Headers }> {
    const response = await request(path, { method: 'GET' });
    return { buffer: await response.arrayBuffer(), headers: response.headers };
  },
};
