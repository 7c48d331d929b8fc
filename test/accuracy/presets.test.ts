/**
 * What the presets promise, as they are shipped: real MNIST, two local workers, the real command. Long: run with
 * `npm run test:accuracy`, and SHOAL_DATA_DIR pointing to the four MNIST files.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/cluster.ts';
import { type Line, ShoalProcess, shoal } from '../support/shoalProcess.ts';

const data = process.env.SHOAL_DATA_DIR ?? '';
if (data === '') {
  process.stderr.write('SHOAL_DATA_DIR is not set: the accuracy of the MNIST presets is not tested.\n');
}

type Training = { readonly result: Line; readonly epochs: readonly Line[]; readonly out: string };

/** Trains a preset to its end. */
async function train(preset: string, more: readonly string[] = []): Promise<Training> {
  const out = await temporaryFolder();
  const where = data === '' ? [] : ['--data', data];
  const run = ShoalProcess.start([
    ...['train', '--preset', preset, '--workers', '2', '--port', '0', '--host', '127.0.0.1'],
    ...[...where, '--out', out, '--json', ...more],
  ]);
  await run.exited;
  await run.outputsEnded;
  const result = run.lines.at(-1);
  if (result?.type !== 'result') throw new Error(`${preset} has no result. ${run.errors}`);
  const epochs = run.lines.filter(({ type }) => type === 'epoch');
  process.stdout.write(
    `${preset}: test ${result.testAccuracy}, validation ${result.valAccuracy}, ${epochs.length} epochs, ` +
      `${Math.round(result.seconds as number)} s. ${result.reason}\n`,
  );
  return { result, epochs, out };
}

describe('the neuron and the perceptron', () => {
  test.each(['perceptron-and', 'perceptron-or', 'perceptron-not', 'mlp-xor'])(
    '%s ends at zero errors',
    async (preset) => {
      const { result, epochs } = await train(preset);
      expect(result).toMatchObject({ state: 'finished', testAccuracy: 1 });
      expect(epochs.at(-1)?.trainErrors).toBe(0);
    },
  );

  test('perceptron-xor cannot succeed and says why', async () => {
    const { result, epochs } = await train('perceptron-xor');
    expect(result.reason).toMatch(/not linearly separable.*A hidden layer solves it\.$/);
    for (const epoch of epochs) expect(epoch.trainErrors).toBeGreaterThan(0);
  });
});

describe.skipIf(data === '')('on MNIST', () => {
  test('mnist-mlp reads at least 98.0 % of the test digits', async () => {
    const { result } = await train('mnist-mlp');
    expect(result).toMatchObject({ state: 'finished', dataSet: 'mnist' });
    expect(result.testAccuracy).toBeGreaterThanOrEqual(0.98);
  });

  test('mnist-cnn reads at least 99.0 % of the test digits', async () => {
    const { result } = await train('mnist-cnn');
    expect(result).toMatchObject({ state: 'finished', dataSet: 'mnist' });
    expect(result.testAccuracy).toBeGreaterThanOrEqual(0.99);
  });

  test('mnist-early-stopping stops before its last epoch and goes back to its best', async () => {
    const { result } = await train('mnist-early-stopping');
    const spec = await shoal(['train', '--preset', 'mnist-early-stopping', '--print-config']);
    expect(result.epochs).toBeLessThan((JSON.parse(spec.text) as { readonly epochs: number }).epochs);
    expect(result.bestEpoch).toBeLessThan(result.epochs as number);
    expect(result.reason).toMatch(/has not improved for/);
  });

  test('mnist-lr-too-large diverges or stays on a plateau, and says so', async () => {
    const { result } = await train('mnist-lr-too-large');
    expect(result.reason).toMatch(
      /no longer a finite number .* smaller learning rate|no better than guessing.*Use a smaller one/,
    );
  });

  test('a model trained on the built-in digits alone reads at least 70 % of the real ones', async () => {
    const { result, out } = await train('mnist-cnn', ['--set', 'data.source=digits', '--set', 'epochs=4']);
    expect(result.dataSet).toBe('digits');
    const file = join(out, String(result.runId), 'model.safetensors');
    const { lines } = await shoal(['evaluate', file, '--data', data, '--other-data', '--json']);
    process.stdout.write(`Trained on digits, tested on MNIST: ${lines[0]?.testAccuracy}\n`);
    expect(lines[0]).toMatchObject({ type: 'evaluation', dataSet: 'mnist', samples: 10_000 });
    expect(lines[0]?.testAccuracy).toBeGreaterThanOrEqual(0.7);
  });
});
