/** The data set as content-addressed blocks over HTTP: `GET /blocks/<sha256>` with the join token. */
import { timingSafeEqual } from 'node:crypto';
import { blocksOf, type DataSplits, type Welcome } from '@shoal/core';
import type { Hono } from 'hono';

export const BLOCKS_PATH = '/blocks/';

const BLOCK_BYTES_MAX = 1024 * 1024;

export class DataBlocks {
  readonly manifests: Welcome['data'];
  readonly #blocks = new Map<string, () => Uint8Array>();

  constructor(data: DataSplits) {
    const manifestOf = (set: keyof DataSplits): Welcome['data']['train'] => {
      const { manifest, block } = blocksOf(data[set], { blockBytesMax: BLOCK_BYTES_MAX });
      manifest.blocks.forEach((info, index) => {
        this.#blocks.set(info.sha256, () => block(index));
      });
      return { ...manifest, blocks: [...manifest.blocks] };
    };
    this.manifests = {
      train: manifestOf('train'),
      validation: manifestOf('validation'),
      test: manifestOf('test'),
    };
  }

  /** Content never changes under its hash, so browsers may keep it for ever. */
  route(app: Hono, token: string): void {
    app.get(`${BLOCKS_PATH}:sha256`, (context) => {
      const given = context.req.header('authorization') ?? '';
      if (!sameSecret(given, `Bearer ${token}`)) {
        return context.text('The join token is missing or wrong.\n', 401);
      }
      const block = this.#blocks.get(context.req.param('sha256'));
      if (block === undefined) return context.text('This data set has no such block.\n', 404);
      return context.body(new Uint8Array(block()), 200, {
        'content-type': 'application/octet-stream',
        'cache-control': 'private, max-age=31536000, immutable',
      });
    });
  }
}

/** Compares in constant time. */
export function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
