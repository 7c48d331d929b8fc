import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip, gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { fetchBlock } from './httpBlocks.ts';

const BLOCK = { sha256: 'ab'.repeat(32), byteLength: 1_000 };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const fetchFrom = (
  address: string,
  onBytes: (bytes: number) => void = () => {},
  silenceMs = 20_000,
): Promise<Uint8Array> =>
  fetchBlock(BLOCK, {
    ...{ address, onBytes, silenceMs },
    blocksPath: '/blocks/',
    token: 'secret',
    signal: new AbortController().signal,
  });

test('a block comes as it is, or packed', async () => {
  const content = Uint8Array.from({ length: 1_000 }, (_, i) => i % 7);
  const origin = await serve((request, response) => {
    expect(request.headers.authorization).toBe('Bearer secret');
    expect(request.headers['accept-encoding']).toContain('gzip');
    const packed = servers.length === 1;
    response.writeHead(200, packed ? { 'content-encoding': 'gzip' } : {});
    response.end(packed ? gzipSync(content) : content);
  });
  expect(await fetchFrom(origin)).toEqual(content);
  const plain = await serve((_request, response) => response.end(content));
  expect(await fetchFrom(plain)).toEqual(content);
});

test('nothing is read beyond the length that was stated, however much would come out', async () => {
  let sent = 0;
  // A gibibyte of zeros, which is a mebibyte on the way.
  const origin = await serve((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    const gzip = createGzip();
    gzip.pipe(response);
    const zeros = Buffer.alloc(1024 * 1024);
    const more = (): void => {
      while (sent < 1024 && !response.destroyed) {
        sent += 1;
        if (!gzip.write(zeros)) return void gzip.once('drain', more);
      }
      gzip.end();
    };
    more();
  });
  const before = process.memoryUsage();
  await expect(fetchFrom(origin)).rejects.toThrow(
    /cannot be read: it is longer than the 1000 bytes that it should have\.$/,
  );
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  const grown = arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed;
  expect(grown).toBeLessThan(200 * 1024 * 1024);
});

test('a block is told of piece by piece, and given up only when nothing more of it comes', async () => {
  const told: number[] = [];
  const content = Uint8Array.from({ length: 1_000 }, (_, i) => i % 7);
  const origin = await serve((_request, response) => {
    response.write(content.subarray(0, 400));
    // The other half once the first has been seen to arrive.
    const more = setInterval(() => {
      if (told.length === 0) return;
      clearInterval(more);
      response.end(content.subarray(400));
    }, 5);
  });
  expect(await fetchFrom(origin, (bytes) => told.push(bytes))).toEqual(content);
  expect(told).toEqual([400, 1_000]);
  const silent = await serve((_request, response) => void response.write(content.subarray(0, 400)));
  await expect(fetchFrom(silent, () => {}, 50)).rejects.toThrow(/nothing came for 50 ms\.$/);
});

test('a block that ends too soon is told from one that is whole', async () => {
  const origin = await serve((_request, response) => response.end(new Uint8Array(999)));
  await expect(fetchFrom(origin)).rejects.toThrow(/it ends after 999 of 1000 bytes\.$/);
});

test('a redirect is refused, wherever it leads', async () => {
  let visited = 0;
  const elsewhere = await serve((_request, response) => {
    visited += 1;
    response.end(new Uint8Array(1_000));
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const origin = await serve((_request, response) => {
      response.writeHead(status, { location: `${elsewhere}/blocks/secret` }).end();
    });
    await expect(fetchFrom(origin)).rejects.toThrow(
      /the coordinator answered with a redirect, which is not followed\.$/,
    );
  }
  expect(visited).toBe(0);
});

test('a path that names another origin is not asked', async () => {
  const options = {
    ...{ token: 'secret', silenceMs: 1_000, onBytes: () => {} },
    signal: new AbortController().signal,
  };
  await expect(
    fetchBlock(BLOCK, { ...options, address: 'http://127.0.0.1:1', blocksPath: '//127.0.0.1:2/' }),
  ).rejects.toThrow('The data blocks lie at http://127.0.0.1:2, not at the coordinator.');
});
