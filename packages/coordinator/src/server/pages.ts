/**
 * The built pages of the dashboard, kept in memory: they are small, and a build that goes on at the same time changes
 * nothing for those who have a page open. Assets carry a hash of their content in their name and may be kept for ever.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context, Hono } from 'hono';
import type { Outbox } from './outbox.ts';

type Page = {
  readonly type: string;
  readonly etag: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  /** Null where it would not be shorter. */
  readonly gzipped: Uint8Array<ArrayBuffer> | null;
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

const FOR_EVER = 'public, max-age=31536000, immutable';
/** Asked for anew each time; the answer is mostly that nothing has changed. */
const ASK_AGAIN = 'no-cache';

const NOT_BUILT =
  'This coordinator was built without its pages. Build them with "npm run build"; workers join all the same.\n';

export class Pages {
  /** By path, with a slash before it. */
  readonly #pages: ReadonlyMap<string, Page>;

  private constructor(pages: ReadonlyMap<string, Page>) {
    this.#pages = pages;
  }

  /** All files in the folder; none when it is not there. */
  static async read(folder: string): Promise<Pages> {
    const pages = new Map<string, Page>();
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const file = join(entry.parentPath, entry.name);
      const path = file.slice(folder.length).replaceAll('\\', '/').replace(/^\/*/, '/');
      pages.set(path, await pageOf(await readFile(file), type));
    }
    return new Pages(pages);
  }

  /** To be called last: it answers every path that nothing else has. */
  route(app: Hono, outbox: Outbox): void {
    app.get('/', (context) => this.#serve(context, '/index.html', outbox));
    app.get('/join', (context) => this.#serve(context, '/join.html', outbox));
    app.get('/lecture', (context) => this.#serve(context, '/lecture.html', outbox));
    // Written with a slash, what belongs to the page would be looked for one folder too deep.
    for (const name of ['join', 'lecture']) {
      app.get(`/${name}/`, (context) => context.redirect(`../${name}`, 308));
    }
    app.get('*', (context) => this.#serve(context, context.req.path, outbox));
    app.notFound((context) => context.text('There is nothing here.\n', 404));
  }

  #serve(context: Context, path: string, outbox: Outbox): Response | Promise<Response> {
    const page = this.#pages.get(path);
    if (page === undefined) {
      return this.#pages.size === 0 ? context.text(NOT_BUILT, 404) : context.notFound();
    }
    const { type, etag, plain, gzipped } = page;
    const headers = {
      'content-type': type,
      'cache-control': path.startsWith('/assets/') ? FOR_EVER : ASK_AGAIN,
      etag,
      vary: 'accept-encoding',
    };
    if (tagsOf(context.req.header('if-none-match')).includes(etag)) return context.body(null, 304, headers);
    const takesGzip = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
    if (takesGzip && gzipped !== null) {
      return outbox.sendPublic(context, gzipped, { ...headers, 'content-encoding': 'gzip' });
    }
    return outbox.sendPublic(context, plain, headers);
  }
}

async function pageOf(content: Buffer, type: string): Promise<Page> {
  const plain = new Uint8Array(content);
  const zipped = new Uint8Array(await promisify(gzip)(content, { level: 9 }));
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  return { type, etag, plain, gzipped: zipped.length < plain.length ? zipped : null };
}

const tagsOf = (header: string | undefined): string[] =>
  (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
