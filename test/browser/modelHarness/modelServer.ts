/** As much of a coordinator as the page needs that shows a model: its files, the feed, parameters and data. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  blocksOf,
  compileModel,
  type DataSetInfo,
  type DataSplits,
  type EpochRecord,
  emptyColumns,
  type RunSpec,
  type RunView,
  specSha256,
  WATCH_PATH,
  type WatchMessage,
} from '@shoal/core';
import { build } from 'vite';
import { type WebSocket, WebSocketServer } from 'ws';

const TOKEN = 'a-token-for-this-test-alone';
/** As strict as the coordinator's own. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};
const BLOCK_BYTES_MAX = 262_144;

export type ShownRun = { readonly spec: RunSpec; readonly data: DataSplits; readonly dataSet: DataSetInfo };
export type ShownState = {
  readonly parameters: Float32Array;
  readonly step: number;
  readonly epoch: number;
  readonly records: readonly EpochRecord[];
};

/** Builds the page once, for all tests of a file. */
export async function buildPage(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-model-page-'));
  await build({
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    worker: { format: 'es' },
    resolve: {
      alias: {
        '@shoal/core': fileURLToPath(new URL('../../../packages/core/src/index.ts', import.meta.url)),
      },
    },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export class ModelServer {
  readonly #server: Server;
  readonly #sockets = new Set<WebSocket>();
  readonly #blocks = new Map<string, () => Uint8Array>();
  #run: ShownRun | null = null;
  #runId = '';
  #state: ShownState | null = null;
  #manifests: object = {};

  private constructor(folder: string) {
    this.#server = createServer((request, response) => void this.#answer(folder, request, response));
    const feed = new WebSocketServer({ server: this.#server, path: WATCH_PATH });
    feed.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.once('message', () => socket.send(JSON.stringify(this.#snapshot())));
    });
  }

  static async start(folder: string): Promise<ModelServer> {
    const server = new ModelServer(folder);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/#${TOKEN}`;
  }

  /** Another run takes the place of the one before. */
  begin(runId: string, run: ShownRun, state: ShownState): void {
    this.#run = run;
    this.#runId = runId;
    const manifestOf = (set: keyof DataSplits) => {
      const { manifest, block } = blocksOf(run.data[set], { blockBytesMax: BLOCK_BYTES_MAX });
      manifest.blocks.forEach(({ sha256 }, index) => {
        this.#blocks.set(sha256, () => block(index));
      });
      return manifest;
    };
    this.#manifests = {
      train: manifestOf('train'),
      validation: manifestOf('validation'),
      test: manifestOf('test'),
    };
    this.show(state);
  }

  /** The run has gone on. */
  show(state: ShownState): void {
    this.#state = state;
    const text = JSON.stringify(this.#snapshot());
    for (const socket of this.#sockets) socket.send(text);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #view(): RunView | null {
    if (this.#run === null || this.#state === null) return null;
    const { spec, data, dataSet } = this.#run;
    const model = compileModel(spec.model);
    const stepsPerEpoch = Math.ceil(data.train.count / spec.batch);
    return {
      runId: this.#runId,
      spec,
      specSha256: specSha256(spec),
      trust: null,
      dataSet,
      parameters: model.trainableLength,
      vectorLength: model.vectorLength,
      stepsPerEpoch,
      stepsInAll: stepsPerEpoch * spec.epochs,
      state: 'training',
      reason: 'Training.',
      pace: null,
      epoch: this.#state.epoch,
      step: this.#state.step % stepsPerEpoch,
      globalStep: this.#state.step,
      elapsedSeconds: 1,
      remainingSeconds: null,
      samplesPerSecond: 1000,
      workers: 1,
      earlyStopping: null,
      result: null,
    };
  }

  #snapshot(): WatchMessage {
    return {
      type: 'snapshot',
      role: 'viewer',
      version: '0.0.0',
      run: this.#view(),
      steps: emptyColumns(),
      epochs: this.#state?.records ?? [],
      workers: [],
      locals: [],
      events: [],
      runs: { count: 0, change: 0 },
      join: null,
      scene: null,
      readsData: true,
      queue: { going: null, waiting: [] },
    };
  }

  async #answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    response.setHeader('content-security-policy', POLICY);
    if (path === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    if (path.startsWith('/api/') || path.startsWith('/blocks/')) {
      if (request.headers.authorization !== `Bearer ${TOKEN}`) response.writeHead(401).end();
      else this.#answerApi(path, response);
      return;
    }
    const file = join(folder, normalize(path === '/' ? '/index.html' : path));
    try {
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.end(await readFile(file));
    } catch {
      response.writeHead(404).end();
    }
  }

  #answerApi(path: string, response: ServerResponse): void {
    const block = this.#blocks.get(path.slice('/blocks/'.length));
    if (path === '/api/run/parameters' && this.#state !== null) {
      const { parameters, step } = this.#state;
      response.setHeader('x-shoal-run', this.#runId).setHeader('x-shoal-step', String(step));
      response.end(Buffer.from(parameters.buffer, parameters.byteOffset, parameters.byteLength));
    } else if (path === '/api/run/data') {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ runId: this.#runId, blocksPath: '/blocks/', manifests: this.#manifests }),
      );
    } else if (block !== undefined) {
      response.end(block());
    } else {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: `There is nothing at ${path}.` }));
    }
  }
}
