/** Data sets, models and files that people hand in, with the real command: what is taken, and what is refused. */
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer as createProxy } from 'node:http';
import { createServer as createMirror } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  compileModel,
  encodeIdx,
  exportModel,
  initialParameters,
  resolveRunSpec,
  tableDataSet,
} from '@shoal/core';
import { expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../../packages/coordinator/src/server/certificate.suite.ts';
import { writeBars } from '../support/bars.ts';
import { Cluster, runIdOf, temporaryFolder } from '../support/cluster.ts';
import { HandWorker } from '../support/handWorker.ts';
import { expectRefusal } from '../support/refusal.ts';
import { shoal } from '../support/shoalProcess.ts';
import { everything } from '../support/specs.ts';

/** A finished run on the bars. */
async function trainedOnBars(): Promise<{ cluster: Cluster; runId: string; model: string }> {
  const cluster = await Cluster.of(everything({ epochs: 1 }));
  const run = cluster.train(1);
  const runId = await runIdOf(run);
  expect(await run.result()).toMatchObject({ state: 'finished', dataSet: 'bars' });
  await run.end();
  return { cluster, runId, model: join(cluster.runs, runId, 'model.safetensors') };
}

test('a model is evaluated on its own data set, and on another only when that is asked for', async () => {
  const { cluster, runId, model } = await trainedOnBars();
  const [, data = ''] = cluster.where;
  const evaluate = (...more: string[]) => shoal(['evaluate', model, '--json', '--no-download', ...more]);

  const own = await evaluate('--data', data);
  expect(own.errors).toBe('');
  expect(own.lines).toMatchObject([{ type: 'evaluation', dataSet: 'bars', samples: 100 }]);
  // The same by the name of the run.
  const named = await shoal(['evaluate', runId, '--json', '--data', data, '--out', cluster.runs]);
  expect(named.lines[0]).toMatchObject({ testAccuracy: own.lines[0]?.testAccuracy });

  const other = await writeBars(await temporaryFolder(), { train: 60, test: 40 });
  const parts = [
    /was trained on bars \(1 × 10 × 10, SHA-256 \w{12}…\), but the data set found is bars/,
    '--other-data',
  ];
  expectRefusal(await evaluate('--data', other), parts);
  const wanted = await evaluate('--data', other, '--other-data');
  expect(wanted.lines).toMatchObject([{ type: 'evaluation', samples: 40 }]);
  expect(wanted.errors).toMatch(/was trained on bars .*, but the data set found is bars/);

  // A run remembers where its data lay; a model that was taken elsewhere does not.
  expect((await evaluate()).lines).toMatchObject([{ type: 'evaluation', dataSet: 'bars', samples: 100 }]);
  const elsewhere = join(await temporaryFolder(), 'model.safetensors');
  await copyFile(model, elsewhere);
  const alone = await shoal(['evaluate', elsewhere, '--json', '--no-download']);
  expectRefusal(alone, [/no folder was given/, '--data']);
});

/** A model file of one neuron σ(w·x + b) that says it was trained on the truth table `or`. */
async function orNeuron(file: string, weights: readonly number[], bias: number): Promise<string> {
  const layers = [{ type: 'dense', units: 1, weights: [weights], biases: [bias] }] as const;
  const spec = resolveRunSpec({
    data: { source: 'table', table: 'or' },
    model: { input: [2], layers, loss: 'cross_entropy' },
  });
  const model = compileModel(spec.model);
  const metadata = { spec: JSON.stringify(spec), dataSet: JSON.stringify(tableDataSet('or').info) };
  await writeFile(file, exportModel(model, initialParameters(model, 1), metadata));
  return file;
}

test('two models that are each wrong about one row of a truth table are right together', async () => {
  const folder = await temporaryFolder();
  // One looks at the first input, one at the second: logits −1, −1, 3, 3 and −1, 3, −1, 3 for the rows 0, 1, 1, 1.
  const first = await orNeuron(join(folder, 'first.safetensors'), [4, 0], -1);
  const second = await orNeuron(join(folder, 'second.safetensors'), [0, 4], -1);
  const evaluated = await shoal(['evaluate', first, second, '--json']);
  const each = { type: 'evaluation', dataSet: 'or', samples: 4, testAccuracy: 0.75 };
  // log(1 + e⁻¹) = 0.3132617, log(1 + e) = 1.3132617 and twice log(1 + e⁻³) = 0.0485874: a mean of 0.4309245.
  const alone = expect.closeTo(0.4309245, 6);
  // Means for class 1: σ(−1) = 0.2689414, twice (σ(−1) + σ(3)) / 2 = 0.6107578, σ(3) = 0.9525741.
  const together = expect.closeTo(0.3369897, 6);
  expect(evaluated.lines).toEqual([
    { ...each, model: first, testLoss: alone },
    { ...each, model: second, testLoss: alone },
    { type: 'vote', models: [first, second], dataSet: 'or', samples: 4, testAccuracy: 1, testLoss: together },
  ]);
  const shown = await shoal(['evaluate', first, second]);
  expect(shown.text).toMatch(/^Test set: or, 4 samples$/m);
  expect(shown.text).toMatch(/second\.safetensors +75\.00 % +0\.4309$/m);
  expect(shown.text).toMatch(/^vote of 2 models +100\.00 % +0\.337$/m);

  // What cannot vote is named, with what to do.
  const { cluster, runId, model } = await trainedOnBars();
  const [, data = ''] = cluster.where;
  const refused = (...names: string[]) =>
    shoal(['evaluate', ...names, '--data', data, '--out', cluster.runs]);
  expectRefusal(await refused(runId, 'nobody'), [/nobody/]);
  expectRefusal(await refused(runId, first, model), [
    `${runId} and ${model} are the same model`,
    'Leave one',
  ]);
  expectRefusal(await refused(runId, runId), [`${runId} is named twice`]);
  expectRefusal(await refused(first, runId), [/first\.safetensors tells 2 classes apart, but .* 4/]);
  await rename(model, join(folder, 'bars.safetensors'));
  const unfinished = await refused(first, runId);
  expect(unfinished.code).toBe(2);
  expect(unfinished.errors).toContain(`The run ${runId} has delivered no model yet: let it end with npx`);
});

test('a model of MNIST is not evaluated on the digits that are drawn where MNIST is not found', async () => {
  const folder = await temporaryFolder();
  const environment = { XDG_CACHE_HOME: join(folder, 'cache'), LOCALAPPDATA: folder, HOME: folder };
  // A model whose file says that it was trained on MNIST.
  const digits = join(folder, 'runs');
  const words = [
    'train',
    '--preset',
    'mnist-softmax',
    '--set',
    'epochs=0',
    '--workers',
    '1',
    '--port',
    '0',
    '--json',
  ];
  const run = await shoal([...words, '--no-download', '--out', digits], { environment });
  const result = run.lines.at(-1) as { modelFile?: string; dataSet?: string };
  expect(result.dataSet).toBe('digits');
  const file = result.modelFile as string;
  const bytes = await readFile(file);
  const header = bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString();
  const claimed = header.replace('\\"source\\":\\"digits\\"', '\\"source\\":\\"mnist\\" ');
  expect(claimed).not.toBe(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(claimed)));
  const claims = join(folder, 'claims-mnist.safetensors');
  await writeFile(
    claims,
    Buffer.concat([length, Buffer.from(claimed), bytes.subarray(8 + Buffer.byteLength(header))]),
  );

  expectRefusal(await shoal(['evaluate', claims, '--no-download'], { environment }), [
    /^MNIST was not found and downloading is switched off; the built-in digits cannot take its place here/,
    /looked for in: /,
    '--data DIR',
  ]);
  const honest = await shoal(['evaluate', file, '--json'], { environment });
  expect(honest.lines).toMatchObject([{ dataSet: 'digits' }]);
  // A folder that is pointed to is another set than the digits.
  const bars = await writeBars(folder, { train: 20, test: 20 });
  expectRefusal(await shoal(['evaluate', file, '--data', bars]), [/was trained on digits/, '--other-data']);
});

test('a run goes on with its own data set alone', async () => {
  const cluster = await Cluster.of(everything({ epochs: 40 }));
  const first = cluster.train(0, ['--verbose']);
  const runId = await runIdOf(first);
  const hand = await HandWorker.join(await first.joinUrl(), cluster.spec);
  await first.line(({ type }) => type === 'step', 'A step');
  hand.hold();
  first.kill('SIGTERM');
  await first.end();
  const other = await writeBars(await temporaryFolder(), { train: 60, test: 40 });
  const resumed = await shoal(['resume', runId, '--out', cluster.runs, '--data', other, '--workers', '1']);
  expectRefusal(resumed, [/was trained on bars .*, but the data set found is bars/, '--data']);
});

test('a model is exported under a name that says what it is', async () => {
  const { cluster, runId } = await trainedOnBars();
  const folder = await temporaryFolder();
  const write = (name: string) => shoal(['export', runId, join(folder, name), '--out', cluster.runs]);
  expectRefusal(await write('m.h5'), ['.h5', 'safetensors', join(folder, 'm.safetensors')]);
  await expect(readFile(join(folder, 'm.h5'))).rejects.toThrow(/ENOENT/);
  expect(await write('m.safetensors')).toMatchObject({ code: 0 });
});

test('a folder that lacks a file says what it has, and trains once it is whole', async () => {
  const folder = await writeBars(await temporaryFolder(), { train: 80, test: 20 });
  const labels = join(folder, 't10k-labels-idx1-ubyte');
  await rename(labels, `${labels}.zip`);
  await writeFile(join(folder, '._t10k-labels-idx1-ubyte'), Buffer.of(0, 5, 22, 7));
  const config = join(folder, 'run.json');
  const spec = JSON.stringify(everything({ epochs: 1, data: { source: 'idx', validation: 10 } }), null, 2);
  // As PowerShell 5 writes what is printed.
  await writeFile(config, Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(spec, 'utf16le')]));
  const train = () =>
    shoal([
      ...['train', '--config', config, '--data', folder, '--out', join(folder, 'runs')],
      ...['--workers', '1', '--port', '0', '--json'],
    ]);
  expectRefusal(await train(), [
    `${folder} (--data) cannot be used: it lacks t10k-labels-idx1-ubyte (plain or .gz). It has t10k-images-idx3-ubyte, `,
    't10k-labels-idx1-ubyte.zip looks like t10k-labels-idx1-ubyte, but is an archive: unpack it there.',
  ]);
  await rename(`${labels}.zip`, labels);
  expect((await train()).lines.at(-1)).toMatchObject({ type: 'result', dataSet: 'bars', state: 'finished' });
});

test('the download goes through the proxy that HTTPS_PROXY names, and says so when it fails', async () => {
  const folder = await temporaryFolder();
  const hosts = ['ossci-datasets.s3.amazonaws.com', 'storage.googleapis.com'];
  const identity = selfSigned(hosts);
  const certificate = join(folder, 'mirror.pem');
  await writeFile(certificate, identity.cert);
  const requests: string[] = [];
  // Not MNIST: what is asked for arrives, and is found out by its sum.
  const mirror = createMirror(identity, (request, response) => {
    requests.push(`${request.headers.host}${request.url}`);
    response.end(gzipSync(encodeIdx([1], Uint8Array.of(7))));
  });
  const tunnels: string[] = [];
  const proxy = createProxy().on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    const upstream = connect((mirror.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const one of [socket, upstream]) one.on('error', () => upstream.destroy());
  });
  for (const server of [mirror, proxy]) {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
  }
  const { port } = proxy.address() as AddressInfo;
  const run = await shoal(
    [
      ...[
        'train',
        '--preset',
        'mnist-softmax',
        '--set',
        'epochs=0',
        '--workers',
        '1',
        '--port',
        '0',
        '--json',
      ],
      ...['--out', join(folder, 'runs')],
    ],
    {
      environment: {
        HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}`,
        https_proxy: '',
        NO_PROXY: 'localhost',
        no_proxy: '',
        NODE_EXTRA_CA_CERTS: certificate,
        XDG_CACHE_HOME: join(folder, 'cache'),
        LOCALAPPDATA: folder,
        HOME: folder,
      },
    },
  );
  expect([...new Set(tunnels)].sort()).toEqual(hosts.map((host) => `${host}:443`));
  expect(requests).toContain(`${hosts[0]}/mnist/train-images-idx3-ubyte.gz`);
  const told = JSON.stringify(run.lines);
  expect(told).toMatch(/its content has the wrong SHA-256/);
  expect(told).toContain('going on with the built-in digits');
  expect(told).not.toContain('secret');
  expect(run.lines.at(-1)).toMatchObject({ type: 'result', dataSet: 'digits' });
});
