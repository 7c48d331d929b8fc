/** A worker on a line of its own gets the data blocks that its leases need, and no others, to the same bits. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import {
  digitsDataSet,
  type RunSpec,
  resolveRunSpec,
  splitForRun,
  trainAlone,
  wasmStrictEngine,
} from '@shoal/core';
import { expect, onTestFinished, test } from 'vitest';
import { Cluster, startWorker } from '../support/cluster.ts';

/** 3,072 digits in twelve blocks, 256 held out in another, 4,000 of the test set in sixteen. */
const spec = (fields: Readonly<Record<string, unknown>>): RunSpec =>
  resolveRunSpec({
    name: 'by need',
    seed: 7,
    model: {
      input: [1, 28, 28],
      layers: [{ type: 'flatten' }, { type: 'dense', units: 10 }],
      loss: 'cross_entropy',
    },
    microbatch: 16,
    epochs: 1,
    ...fields,
  });

const DATA = { source: 'digits', limit: 3_072, validation: 256 };
const BLOCKS_OF_TRAINING = 12;

/** What has passed on the way to a coordinator: bytes of the worker's WebSocket, and blocks that it has asked for. */
class CountingLine {
  readonly url: string;
  readonly blocks: string[] = [];
  bytesUp = 0;
  blockBytesDown = 0;
  /** Asked for by the time that so many bytes had gone up. */
  readonly #marks: { readonly bytesUp: number; readonly blocks: number }[] = [];

  private constructor(url: string) {
    this.url = url;
  }

  static async to(link: string): Promise<CountingLine> {
    const { port, pathname, hash } = new URL(link);
    let line: CountingLine | null = null;
    const server = createServer((near) => {
      const far = connect({ port: Number(port), host: '127.0.0.1' });
      let isSocket = false;
      near.on('data', (chunk) => {
        const head = chunk.toString('latin1');
        if (/^upgrade: websocket/im.test(head)) isSocket = true;
        else if (!isSocket) line?.blocks.push(...(head.match(/(?<=^GET \/blocks\/)[0-9a-f]{64}/gm) ?? []));
        if (isSocket) line?.up(chunk.length);
        far.write(chunk);
      });
      far.on('data', (chunk) => {
        if (!isSocket && line !== null) line.blockBytesDown += chunk.length;
        near.write(chunk);
      });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on('error', () => {});
        one.on('close', () => other.destroy());
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const nearPort = typeof address === 'object' && address !== null ? address.port : 0;
    line = new CountingLine(`http://127.0.0.1:${nearPort}${pathname}${hash}`);
    return line;
  }

  up(bytes: number): void {
    this.bytesUp += bytes;
    this.#marks.push({ bytesUp: this.bytesUp, blocks: this.blocks.length });
  }

  /** Blocks that had been asked for when so many bytes had gone up. */
  blocksAt(bytesUp: number): number {
    return this.#marks.find((mark) => mark.bytesUp >= bytesUp)?.blocks ?? Number.NaN;
  }
}

test.each([
  [
    'rounds of local steps in an order by blocks',
    spec({
      data: { ...DATA, order: 'blocks' },
      batch: 32,
      // The first leaf has 512 samples, half of a group of four blocks.
      steps: { type: 'localSteps', replicas: 2, localSteps: 16, outer: { type: 'average' } },
    }),
    { firstAnswer: 4 },
  ],
  [
    'microbatches in a shuffled order, whose first leases carry their values',
    spec({ data: { ...DATA, order: 'shuffled' }, batch: 64 }),
    { firstAnswer: 0 },
  ],
] as const)('%s', async (_, run, { firstAnswer }) => {
  const cluster = await Cluster.of(run);
  const coordinator = cluster.train(0);
  const line = await CountingLine.to(await coordinator.joinUrl());
  const worker = startWorker(line.url, 'ada');
  const result = await coordinator.result();
  const data = splitForRun(digitsDataSet(), run.data, run.seed);
  const alone = await trainAlone({ spec: run, data, engine: wasmStrictEngine });
  expect(result).toMatchObject({ state: 'finished', parametersSha256: alone.parametersSha256 });
  expect((await worker.end()).code).toBe(0);

  // Each block at most once, and by the end of the epoch all of them.
  expect(new Set(line.blocks).size).toBe(line.blocks.length);
  expect(line.blocks.length).toBeGreaterThanOrEqual(BLOCKS_OF_TRAINING);
  // The answers to the probe and to the first lease have a vector each.
  const vectorBytes = 4 * (784 * 10 + 10);
  expect(line.blocksAt(1.5 * vectorBytes)).toBeLessThanOrEqual(firstAnswer);
  // They come packed: a digit is mostly paper.
  expect(line.blockBytesDown / line.blocks.length).toBeLessThan((256 * 785) / 2);
});
