/** What bad input gets: a sentence that names the thing, the place and the way out, exit code 2, no stack trace. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { encodeIdx, findPreset, sentence } from '@shoal/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../packages/coordinator/src/cluster/freePort.suite.ts';
import { writeBars } from '../support/bars.ts';
import {
  Cluster,
  fromStep,
  isEpoch,
  isWorker,
  runIdOf,
  startWorker,
  temporaryFolder,
} from '../support/cluster.ts';
import { HandWorker } from '../support/handWorker.ts';
import { expectRefusal } from '../support/refusal.ts';
import { shoal } from '../support/shoalProcess.ts';
import { everything, perceptron } from '../support/specs.ts';

describe('a command line', () => {
  const wrong: readonly [string, readonly string[], readonly (string | RegExp)[]][] = [
    ['an unknown preset', ['train', '--preset', 'mnist-mpl'], ['"mnist-mpl"', 'did you mean "mnist-mlp"']],
    ['an unknown field', ['train', '--set', 'epoch=3'], [/epoch\b/, '"epochs"']],
    ['an unknown field inside', ['train', '--set', 'optimizer.learning=3'], [/optimizer\.learning/]],
    ['a value out of range', ['train', '--set', 'batch=0'], [/batch/, /0/]],
    ['a rate out of range', ['train', '--set', 'optimizer.lr=-1'], [/optimizer\.lr/, /-1/]],
    ['a value that is no number', ['train', '--set', 'epochs=many'], [/epochs/, /many/]],
    ['an unknown option', ['train', '--prest', 'mnist-mlp'], ['--prest', '--preset']],
    ['an unknown command', ['trian'], ['"trian"', '"train"']],
    ['a limit that is none', ['train', '--limit', 'silentMs=9'], ['"silentMs"', 'did you mean "silenceMs"']],
    ['an origin that is none', ['serve', '--allow-origin', 'class'], ['--allow-origin', '"class"']],
    ['a port that is none', ['train', '--port', '70000'], ['--port', '70000', '65535']],
    ['a run that is not there', ['evaluate', 'nobody'], [/nobody/]],
    ['a config that is not there', ['train', '--config', 'no-such.yaml'], ['no-such.yaml', '--config']],
    ['a worker without a token', ['worker', 'http://127.0.0.1:9'], [/join token/, '--token']],
    ['a worker without an address', ['worker', 'ftp://nowhere'], ['ftp://nowhere', /address/]],
  ];
  test.each(wrong)('%s', async (_name, args, parts) => {
    expectRefusal(await shoal(args), parts);
  });

  test('with --json says the same on stdout, as an object', async () => {
    const ended = await shoal(['train', '--preset', 'mnist-mpl', '--json']);
    expectRefusal(ended, ['did you mean "mnist-mlp"']);
    expect(ended.lines).toEqual([{ type: 'error', message: ended.errors.trim() }]);
  });
});

test('layers that do not fit together are both named, with their shapes', async () => {
  const config = join(await temporaryFolder(), 'model.json');
  const { model, ...rest } = findPreset('mnist-cnn');
  const layers = model.layers.filter((layer) => layer.type !== 'flatten');
  await writeFile(config, JSON.stringify({ ...rest, model: { ...model, layers } }));
  expectRefusal(await shoal(['train', '--config', config]), [
    /dense/,
    /max_pool2d/,
    /\[64, 5, 5\]/,
    /flatten/,
  ]);

  const fields = { input: [1, 4, 4], layers: [{ type: 'conv2d', filters: 2, kernel: 7 }], loss: 'mse' };
  await writeFile(config, JSON.stringify({ ...rest, model: fields }));
  expectRefusal(await shoal(['train', '--config', config]), [/conv2d/, /7/, /\[1, 4, 4\]|4 × 4/]);
});

test('a truncated, corrupt or mislabelled IDX file is named, with what is wrong in it', async () => {
  const folder = await writeBars(await temporaryFolder(), { train: 80, test: 20 });
  const images = join(folder, 'train-images-idx3-ubyte');
  const labels = join(folder, 'train-labels-idx1-ubyte');
  const good = { images: await readFile(images), labels: await readFile(labels) };
  const out = await temporaryFolder();
  const train = () =>
    shoal([
      'train',
      '--set',
      'data.source=idx',
      '--set',
      'data.validation=10',
      '--data',
      folder,
      '--out',
      out,
    ]);

  await writeFile(images, good.images.subarray(0, 5000));
  expectRefusal(await train(), [
    images,
    /truncated: expected 8016 bytes for 80 × 10 × 10 elements, has 5000/,
  ]);
  await writeFile(images, Buffer.from('<html>Not found</html>'));
  expectRefusal(await train(), [images, /is a web page, not data\. Download the file again/]);
  await writeFile(images, good.labels);
  expectRefusal(await train(), [images, /holds labels/, /changed names/]);
  await writeFile(images, good.images);
  await writeFile(labels, encodeIdx([79], good.labels.subarray(8, 87)));
  expectRefusal(await train(), [labels, images, /79/, /80/]);
  await writeFile(`${labels}.gz`, good.labels);
  await writeFile(labels, Buffer.of(0x1f, 0x8b, 8, 0, 1, 2, 3));
  expectRefusal(await train(), [labels, /cannot be unpacked/]);
});

test('files that look like MNIST but have another checksum are not called MNIST', async () => {
  const folder = join(await temporaryFolder(), 'looks-like-mnist');
  await mkdir(folder);
  // The sizes of MNIST, but none of its content.
  await writeFile(
    join(folder, 'train-images-idx3-ubyte'),
    encodeIdx([60_000, 28, 28], new Uint8Array(47_040_000)),
  );
  await writeFile(join(folder, 'train-labels-idx1-ubyte'), encodeIdx([60_000], new Uint8Array(60_000)));
  await writeFile(
    join(folder, 't10k-images-idx3-ubyte'),
    encodeIdx([10_000, 28, 28], new Uint8Array(7_840_000)),
  );
  await writeFile(join(folder, 't10k-labels-idx1-ubyte'), encodeIdx([10_000], new Uint8Array(10_000)));
  const ended = await shoal([
    'train',
    '--set',
    'epochs=0',
    '--data',
    folder,
    '--out',
    folder,
    '--json',
    '--port',
    '0',
    '--workers',
    '1',
  ]);
  // Other data than MNIST may be meant, so it is taken; but nobody is left to believe that it is MNIST.
  expect(JSON.stringify(ended.lines)).toMatch(/holds IDX files that are not MNIST/);
  expect(ended.lines.at(-1)).toMatchObject({ type: 'result', dataSet: basename(folder) });
});

test('a port in use is named, with the way out', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const cluster = await Cluster.of(perceptron());
  const run = cluster.train(1, ['--port', String(port)]);
  expectRefusal({ ...(await run.end()), errors: run.errors }, [`Port ${port}`, 'in use', '--port']);
});

test('a coordinator that cannot be reached is tried again and again, then the worker tells', async () => {
  // Nobody listens there, nor will while the worker tries.
  const port = await freePort();
  const ended = await shoal(['worker', `http://127.0.0.1:${port}/join#token`, '--threads', '1', '--json']);
  expectRefusal(ended, [`http://127.0.0.1:${port}`, 'cannot be reached', /Check the address/]);
  const attempts = ended.lines.filter(({ message }) => /Trying again in/.test(String(message)));
  expect(attempts.length).toBeGreaterThanOrEqual(5);
});

test('a worker with a wrong token is told so and does not come back', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 1 }));
  const coordinator = cluster.train(0);
  const url = new URL(await coordinator.joinUrl());
  const wrong = await shoal(['worker', `${url.origin}/join#wrong`, '--threads', '1']);
  expectRefusal(wrong, [/join token is wrong/, /join link/]);
  startWorker(url.href, 'right');
  expect(await coordinator.result()).toMatchObject({ state: 'finished' });
});

test('a run that diverges ends with exit code 1, the step and the way out', async () => {
  const cluster = await Cluster.of(perceptron({ optimizer: { type: 'sgd', lr: 1e30 } }));
  const alone = await cluster.alone();
  const coordinator = cluster.train(2);
  const result = await coordinator.result();
  expect(result).toMatchObject({
    state: 'diverged',
    reason: sentence(alone.reason, 'en'),
    steps: alone.steps,
  });
  expect(result.reason).toMatch(/no longer a finite number in step \d+ .*smaller learning rate/);
  expect(result.parametersSha256).toBe(alone.parametersSha256);
  // Two different workers said so, and neither was sent away for it; that both go when the run is over is no matter.
  const ended = coordinator.lines.findIndex(({ type }) => type === 'result');
  expect(coordinator.lines.slice(0, ended).filter(isWorker('left', 'local-1'))).toEqual([]);
  expect(await coordinator.end()).toMatchObject({ code: 1 });
  expect(coordinator.errors).not.toMatch(/^\s+at /m);
});

test.skipIf(process.platform === 'win32')(
  'on a disk that is full the last good checkpoint survives and the run goes on',
  async () => {
    const cluster = await Cluster.of(
      everything({ epochs: 8, earlyStopping: { metric: 'validationLoss', patience: 8 } }),
    );
    const alone = await cluster.alone();
    const first = cluster.train(0, ['--verbose']);
    const hand = await HandWorker.join(await first.joinUrl(), cluster.spec);
    await first.line(isEpoch(2), 'Epoch 2');
    hand.hold();
    first.kill('SIGINT');
    const stopped = await first.result();
    await first.end();
    const runId = await runIdOf(first);
    const good = await readFile(cluster.checkpoint(runId));

    // A limit on the size of files, below that of a checkpoint: every write of one fails as on a full disk.
    const kilobytes = Math.floor(good.length / 1024) - 1;
    expect(kilobytes).toBeGreaterThan(4);
    const within = ['/bin/bash', '-c', `ulimit -f ${kilobytes} && exec "$@"`, 'limited'];
    const full = cluster.resume(runId, 0, ['--verbose'], { within });
    const another = await HandWorker.join(await full.joinUrl(), cluster.spec);
    const problem = await full.line(
      ({ message }) => /could not be written/.test(String(message)),
      'The problem',
    );
    expect(problem).toMatchObject({
      type: 'notice',
      level: 'warn',
      message: expect.stringMatching(
        /last\.safetensors|best\.safetensors.*last good one stays; free some space/,
      ),
    });
    await full.line(fromStep((stopped.steps as number) + 8), 'A later step');
    another.hold();
    expect(await readFile(cluster.checkpoint(runId))).toEqual(good);
    full.kill('SIGKILL');
    await full.end();

    // With room again, the run goes on from there to the same bits.
    const resumed = cluster.resume(runId, 1);
    expect(await resumed.result()).toMatchObject({
      state: 'finished',
      parametersSha256: alone.parametersSha256,
    });
    expect(resumed.lines[0]).toMatchObject({ resumedFromStep: stopped.steps });
  },
);

test('a folder that cannot be written is named', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'a-file');
  await writeFile(file, 'not a folder');
  const cluster = await Cluster.of(perceptron());
  const run = cluster.train(1, ['--out', join(file, 'runs')]);
  expectRefusal({ ...(await run.end()), errors: run.errors }, [/a-file/, '--out']);
});
