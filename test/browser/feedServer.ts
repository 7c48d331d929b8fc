/**
 * A small coordinator for tests of the page: serves the built page under the real content security policy, speaks
 * `/watch` and as much of the HTTP API as the page asks for, and keeps what it was asked to do. What it tells of runs is
 * computed from their step (`feedData.ts`), so that a step that is told twice is told the same.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import {
  askRuns,
  compileModel,
  presets,
  resolveRunSpec,
  WATCH_PATH,
  type WatchMessage,
  type WatchRequest,
} from '@shoal/core';
import { pageFolder } from '@shoal/dashboard';
import { type WebSocket, WebSocketServer } from 'ws';
import { runQuery } from '../../packages/coordinator/src/server/runQuery.ts';
import type { FeedData } from './feedData.ts';

export const OPERATOR_TOKEN = 'operator-token-of-the-test';
export const VIEWER_TOKEN = 'viewer-token-of-the-test';

/** As `packages/coordinator/src/server/secure.ts` sends it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'self'",
  "frame-ancestors 'self'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Paths without a name of a file. */
const PAGES: Readonly<Record<string, string>> = { '/': 'index.html', '/lecture': 'lecture.html' };

/** A request that changes something, as the page sent it. */
export type Asked = { readonly path: string; readonly body: unknown };

export class FeedServer {
  readonly asked: Asked[] = [];
  /** What pages have reported of themselves. */
  readonly pageErrors: unknown[] = [];
  /** Answers to what would otherwise be done, by path. */
  readonly refusals = new Map<string, { readonly status: number; readonly body: object }>();
  readonly data: FeedData;
  readonly #http = createServer((request, response) => void this.#answer(request, response));
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  /** Of pages that have been told how things stand: nothing is told before. */
  readonly #watching = new Set<WebSocket>();
  /** What pages said when they connected, in order. */
  readonly greetings: WatchRequest[] = [];
  #accepts = true;

  constructor(data: FeedData) {
    this.data = data;
    this.#http.on('upgrade', (request, socket, head) => {
      if (!this.#accepts || request.url !== WATCH_PATH) {
        socket.destroy();
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#welcome(opened));
    });
  }

  /** @param port 0 = any that is free @returns the address of the page, without a token */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  /** Trains on to this step and tells all pages, as a coordinator does: progress, then the epochs that are complete. */
  advance(globalStep: number): void {
    const { run, steps, epochs } = this.data.advance(globalStep);
    this.tell({ type: 'progress', run, steps });
    for (const record of epochs) this.tell({ type: 'epoch', runId: run.runId, record });
  }

  tell(message: WatchMessage): void {
    const text = JSON.stringify(message);
    for (const socket of this.#watching) socket.send(text);
  }

  /** Cuts every connection and takes no new one until `reachable`. */
  unreachable(): void {
    this.#accepts = false;
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  reachable(): void {
    this.#accepts = true;
  }

  async close(): Promise<void> {
    this.unreachable();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #welcome(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    socket.once('message', (text) => {
      const request = JSON.parse(String(text)) as WatchRequest;
      this.greetings.push(request);
      if (request.token === OPERATOR_TOKEN || request.token === VIEWER_TOKEN) {
        const role = request.token === OPERATOR_TOKEN ? 'operator' : 'viewer';
        socket.send(JSON.stringify(this.data.snapshot(role, request.have)));
        this.#watching.add(socket);
        socket.once('close', () => this.#watching.delete(socket));
        return;
      }
      const message = 'This token is not known here. Open the page by the whole link that was printed.';
      socket.send(JSON.stringify({ type: 'refused', message, facts: [] } satisfies WatchMessage));
      socket.close();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('content-security-policy', POLICY);
    const path = request.url ?? '/';
    try {
      if (path.startsWith('/api/')) {
        const { status, body } = await this.#api(request, path);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        return;
      }
      const name = PAGES[path] ?? normalize(path).replace(/^[/\\.]+/, '');
      const file = await readFile(join(pageFolder, name));
      response
        .writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' })
        .end(file);
    } catch {
      response.writeHead(404).end();
    }
  }

  async #api(request: IncomingMessage, path: string): Promise<{ status: number; body: unknown }> {
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    if (token !== OPERATOR_TOKEN && token !== VIEWER_TOKEN) {
      return { status: 401, body: { error: 'A token is needed.' } };
    }
    const refusal = this.refusals.get(path);
    if (refusal !== undefined) return refusal;
    if (request.method === 'GET') return this.#read(path);
    if (token !== OPERATOR_TOKEN && path !== '/api/page-errors')
      return { status: 403, body: { error: 'Only an operator may do that.' } };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    if (path === '/api/page-errors') {
      this.pageErrors.push(body);
      return { status: 201, body: {} };
    }
    if (path !== '/api/spec') this.asked.push({ path, body });
    if (path === '/api/spec' || path === '/api/runs') return this.#resolve(path, body);
    return { status: 200, body: {} };
  }

  #read(path: string): { status: number; body: unknown } {
    const [, runId] = /^\/api\/runs\/([^/]+)$/.exec(path) ?? [];
    if (path === '/api/presets') {
      return { status: 200, body: presets.map((spec) => ({ name: spec.name, about: spec.about, spec })) };
    }
    const [listed, fields] = path.split('?');
    if (listed === '/api/runs') {
      const asked = Object.fromEntries(
        [...new URLSearchParams(fields)].map(([name, value]) => [name, [value]]),
      );
      return { status: 200, body: askRuns(this.data.rows, runQuery(asked)) };
    }
    if (path === '/api/sweeps') return { status: 200, body: [] };
    if (path === '/api/queue') return { status: 200, body: { going: null, waiting: [] } };
    const detail = runId === undefined ? undefined : this.data.detail(decodeURIComponent(runId));
    if (detail !== undefined) return { status: 200, body: detail };
    return { status: 404, body: { error: `There is no ${path}.` } };
  }

  #resolve(path: string, body: unknown): { status: number; body: unknown } {
    try {
      const spec = resolveRunSpec((body as { readonly spec: unknown }).spec);
      const model = compileModel(spec.model);
      if (path === '/api/runs') return { status: 201, body: { runId: 'run-of-the-test', place: 0 } };
      const notices = spec.data.source === 'idx' ? ['No folder of IDX files was found.'] : [];
      return { status: 200, body: { spec, parameters: model.trainableLength, notices } };
    } catch (error) {
      return { status: 400, body: { error: (error as Error).message } };
    }
  }
}
