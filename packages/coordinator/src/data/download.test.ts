import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DownloadProgress, downloadMnist } from './download.ts';

/** Bytes that do not compress, so that they arrive in several pieces. */
const CONTENT = Buffer.concat(
  Array.from({ length: 10_000 }, (_, i) => createHash('sha256').update(String(i)).digest()),
);
const PACKED = gzipSync(CONTENT);
const HALF = PACKED.length >> 1;
const FILE = { name: 'numbers', sha256: createHash('sha256').update(CONTENT).digest('hex') };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const whole: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': PACKED.length }).end(PACKED);
};
const ranged: Answer = (request, response) => {
  const begin = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
  const rest = PACKED.subarray(begin);
  const range = `bytes ${begin}-${PACKED.length - 1}/${PACKED.length}`;
  response.writeHead(206, { 'content-length': rest.length, 'content-range': range }).end(rest);
};
const wrong: Answer = (_, response) => {
  response.writeHead(200).end(gzipSync(Buffer.from('something else')));
};
const hangs: Answer = () => {};
const stalls: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': PACKED.length });
  response.write(PACKED.subarray(0, 10));
};
const missing: Answer = (_, response) => {
  response.writeHead(404).end('no such file');
};

describe('the download', () => {
  let folder: string;
  let server: Server;
  let mirror: string;
  let answers: Answer[];
  let ranges: (string | undefined)[];
  let notices: string[];
  let progress: DownloadProgress[];
  let environment: Record<string, string>;
  let cutNow: () => void;
  /** Short only where a test waits for it. */
  let patienceMs: number;

  /** Sends the first half and cuts the connection once the client has it. */
  const cut: Answer = (_, response) => {
    cutNow = () => response.destroy();
    response.writeHead(200, { 'content-length': PACKED.length });
    response.write(PACKED.subarray(0, HALF));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shoal-download-'));
    answers = [];
    ranges = [];
    notices = [];
    environment = {};
    progress = [];
    cutNow = () => {};
    patienceMs = 30_000;
    server = createServer((request, response) => {
      ranges.push(request.headers.range);
      const answer = answers.shift() ?? missing;
      answer(request, response);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await rm(folder, { recursive: true });
  });

  const download = (...script: Answer[]): Promise<void> => {
    answers.push(...script);
    return downloadMnist({
      folder,
      mirrors: [mirror],
      files: [FILE],
      environment,
      limits: { answerTimeoutMs: patienceMs, silenceTimeoutMs: patienceMs, attemptsMax: 3, pauseMs: 0 },
      onNotice: (sentence) => notices.push(sentence),
      onProgress: (report) => {
        progress.push(report);
        if (report.receivedBytes === HALF) cutNow();
      },
    });
  };

  const expectWhole = async (): Promise<void> => {
    expect(await readdir(folder)).toEqual(['numbers.gz']);
    expect(PACKED.equals(await readFile(join(folder, 'numbers.gz')))).toBe(true);
  };

  it('leaves the checked file and no part, and tells its progress', async () => {
    await download(whole);
    await expectWhole();
    expect(progress[0]).toEqual({
      file: 'numbers',
      number: 1,
      files: 1,
      receivedBytes: 0,
      totalBytes: PACKED.length,
    });
    expect(progress.at(-1)?.receivedBytes).toBe(PACKED.length);
    expect(notices).toEqual([]);
  });

  it('goes on where a cut connection left it', async () => {
    await download(cut, ranged);
    await expectWhole();
    expect(ranges[0]).toBeUndefined();
    expect(ranges[1]).toBe(`bytes=${HALF}-`);
    expect(notices).toHaveLength(1);
  });

  it('goes on with the part of an earlier process', async () => {
    await writeFile(join(folder, 'numbers.gz.part'), PACKED.subarray(0, 100));
    await download(ranged);
    await expectWhole();
    expect(ranges).toEqual(['bytes=100-']);
  });

  it('begins anew when the server ignores the range', async () => {
    await download(cut, whole);
    await expectWhole();
  });

  it('takes a part that is already whole when the server has nothing more', async () => {
    await writeFile(join(folder, 'numbers.gz.part'), PACKED);
    await download((_, response) => response.writeHead(416).end());
    await expectWhole();
  });

  it('throws a damaged part away and begins anew', async () => {
    await writeFile(join(folder, 'numbers.gz.part'), Buffer.alloc(100, 7));
    await download(ranged, whole);
    await expectWhole();
    expect(ranges).toEqual(['bytes=100-', undefined]);
    expect(notices[0]).toMatch(/wrong SHA-256/);
  });

  it('never takes wrong bytes for data', async () => {
    await expect(download(wrong, wrong, wrong)).rejects.toThrow(
      /^numbers could not be downloaded: http:\/\/127\.0\.0\.1:\d+\/numbers\.gz: its content has the wrong SHA-256\. Check/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a range that begins elsewhere', async () => {
    await writeFile(join(folder, 'numbers.gz.part'), PACKED.subarray(0, 100));
    const elsewhere: Answer = (_, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-9/${PACKED.length}` }).end(PACKED.subarray(0, 10));
    };
    await download(elsewhere, ranged);
    await expectWhole();
    expect(notices[0]).toMatch(/it answered 206/);
  });

  it('gives up on a server that does not answer, and on one that falls silent', async () => {
    patienceMs = 1_500;
    await download(hangs, stalls, ranged);
    await expectWhole();
    expect(notices[0]).toMatch(/\(try 1 of 3\): .*it did not answer within 1500 ms/);
    expect(notices[1]).toMatch(/\(try 2 of 3\): .*it sent nothing within 1500 ms/);
    expect(ranges[2]).toBe('bytes=10-');
  });

  it('names what every mirror said, and keeps the part for the next time', async () => {
    await expect(download(cut, missing, missing)).rejects.toThrow(/it answered 404 Not Found/);
    expect(await readdir(folder)).toEqual(['numbers.gz.part']);
  });

  it('asks the next mirror when one is not there', async () => {
    answers.push(whole);
    await downloadMnist({
      folder,
      mirrors: [`${mirror.slice(0, mirror.lastIndexOf(':'))}:1`, mirror],
      files: [FILE],
      environment: {},
      onNotice: (sentence) => notices.push(sentence),
      onProgress: () => {},
    });
    await expectWhole();
    expect(notices).toHaveLength(1);
  });

  it('stops a server that sends without end', async () => {
    answers.push(whole, whole);
    const limits = { fileBytesMax: 1000, attemptsMax: 2, pauseMs: 0 };
    const options = {
      folder,
      mirrors: [mirror],
      files: [FILE],
      environment: {},
      limits,
      onNotice: () => {},
      onProgress: () => {},
    };
    await expect(downloadMnist(options)).rejects.toThrow(/it sent more than 1000 bytes/);
    expect(await readdir(folder)).not.toContain('numbers.gz');
  });

  it('leaves a good file alone', async () => {
    await writeFile(join(folder, 'numbers.gz'), PACKED);
    await download();
    expect(ranges).toEqual([]);
  });

  describe('through a proxy', () => {
    let proxy: Server;
    let asked: { readonly line: string; readonly login: string | undefined }[];
    let proxyAnswers: (request: IncomingMessage, response: ServerResponse) => void;

    beforeEach(async () => {
      asked = [];
      proxyAnswers = whole;
      proxy = createServer((request, response) => {
        asked.push({
          line: `${request.method} ${request.url}`,
          login: request.headers['proxy-authorization'],
        });
        proxyAnswers(request, response);
      });
      proxy.on('connect', (request, socket) => {
        asked.push({ line: `CONNECT ${request.url}`, login: request.headers['proxy-authorization'] });
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      });
      await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
    });
    afterEach(async () => {
      proxy.closeAllConnections();
      await new Promise((closed) => proxy.close(closed));
    });
    const port = (): number => (proxy.address() as AddressInfo).port;

    it('asks the proxy for an address that only the proxy knows, with its name and password', async () => {
      environment = { http_proxy: `http://me:p%40ss@127.0.0.1:${port()}` };
      mirror = 'http://mirror.invalid/mnist';
      await download();
      await expectWhole();
      const login = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
      expect(asked).toEqual([{ line: 'GET http://mirror.invalid/mnist/numbers.gz', login }]);
    });

    it('does without it for a host that NO_PROXY lists', async () => {
      environment = { HTTP_PROXY: `http://127.0.0.1:${port()}`, NO_PROXY: 'localhost,127.0.0.1' };
      await download(whole);
      await expectWhole();
      expect(asked).toEqual([]);
    });

    it('asks for a tunnel for https, and says what to do when the proxy wants a password', async () => {
      environment = { ALL_PROXY: `127.0.0.1:${port()}` };
      mirror = 'https://mirror.invalid/mnist';
      await expect(download()).rejects.toThrow(
        new RegExp(
          `407.*, through the proxy http://127\\.0\\.0\\.1:${port()} \\(ALL_PROXY\\)\\. The proxy wants a name and a password: ` +
            'write them into its variable as http://NAME:PASSWORD@HOST:PORT, ',
        ),
      );
      expect(asked).toEqual(Array(3).fill({ line: 'CONNECT mirror.invalid:443', login: undefined }));
    });

    it('names the proxy without its password when it does not answer', async () => {
      environment = { HTTP_PROXY: 'http://me:secret@127.0.0.1:1' };
      const failure = download();
      await expect(failure).rejects.toThrow(
        /, through the proxy http:\/\/me:\*\*\*@127\.0\.0\.1:1 \(HTTP_PROXY\)\. Check the proxy, list the host in NO_PROXY/,
      );
      await expect(failure).rejects.not.toThrow(/secret/);
      expect(notices.join()).not.toContain('secret');
    });

    it('tells at once that a variable holds no proxy', async () => {
      environment = { http_proxy: 'ftp://somewhere' };
      await expect(download()).rejects.toThrow(
        /^http_proxy does not hold the address of a proxy: write it as/,
      );
      expect(notices).toEqual([]);
    });
  });

  it('says so when the folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(
      downloadMnist({
        folder: join(folder, 'file', 'below'),
        environment: {},
        onNotice: () => {},
        onProgress: () => {},
      }),
    ).rejects.toThrow(/^The download into .* failed: .*Make room or permit writing/);
  });
});
