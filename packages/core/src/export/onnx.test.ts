/** Every layer and loss head as ONNX, computed by ONNX Runtime, against this project's own engine. */
import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { exportModel } from '../checkpoint/modelFile.ts';
import { loadPredictor } from '../train/predictor.ts';
import { COUNT, EXPORTED, exportCase, HOUSES, HOUSES_MODEL, TOLERANCE } from './exportedModels.suite.ts';
import { exportOnnx } from './onnx.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const PLAIN = { dataSet: null, prepares: false };

async function run(file: Uint8Array, inputs: Record<string, ort.Tensor>) {
  const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] });
  const results = await session.run(inputs);
  const names = session.outputNames;
  await session.release();
  return { names, of: (name: string) => [...((results[name] as ort.Tensor).data as Float32Array)] };
}

function expectClose(found: readonly number[], wanted: ArrayLike<number>): void {
  expect(found).toHaveLength(wanted.length);
  for (const [i, value] of found.entries()) {
    const own = wanted[i] as number;
    expect(Math.abs(value - own), `${i}: ${value} and ${own}`).toBeLessThanOrEqual(
      TOLERANCE * Math.max(1, Math.abs(own)),
    );
  }
}

describe('ONNX Runtime gives the same outputs', () => {
  it.each(EXPORTED)('of %s', async (_, spec) => {
    const { model, parameters, inputs, outputs } = await exportCase(spec);
    const tensor = new ort.Tensor('float32', inputs, [COUNT, ...model.inputShape]);
    const found = await run(exportOnnx(model, parameters, PLAIN), { input: tensor });
    expectClose(found.of('output'), outputs);
    const predictor = await loadPredictor(exportModel(model, parameters));
    const own = predictor.predict(inputs);
    if (spec.loss === 'squared_error') {
      expectClose(
        found.of('prediction'),
        own.map((one) => (one.type === 'number' ? one.value : Number.NaN)),
      );
    } else {
      const wanted = own.flatMap((one) => (one.type === 'class' ? [...(one.probabilities ?? [])] : []));
      expect(found.names.includes('probabilities')).toBe(wanted.length > 0);
      if (wanted.length > 0) expectClose(found.of('probabilities'), wanted);
    }
  });
});

describe('with the preparation inside', () => {
  it('takes pixels as bytes', async () => {
    const { model, parameters } = await exportCase({
      ...{ input: [1, 4, 4], layers: [{ type: 'flatten' }, { type: 'dense', units: 3 }] },
      loss: 'cross_entropy',
    });
    const pixels = Uint8Array.from({ length: 2 * 16 }, (_, i) => (i * 37) % 256);
    const tensor = new ort.Tensor('uint8', pixels, [2, 1, 4, 4]);
    const found = await run(exportOnnx(model, parameters, { dataSet: null, prepares: true }), {
      pixels: tensor,
    });
    const predictor = await loadPredictor(exportModel(model, parameters));
    expectClose(
      found.of('probabilities'),
      predictor.predict(pixels).flatMap((one) => (one.type === 'class' ? [...one.probabilities!] : [])),
    );
  });

  it('takes the columns of a table, and answers in the unit of its label', async () => {
    const { model, parameters } = await exportCase(HOUSES_MODEL);
    const file = exportOnnx(model, parameters, { dataSet: HOUSES, prepares: true });
    const rows = new ort.Tensor('float32', Float32Array.of(140, 1, 80, 0, Number.NaN, -1), [3, 2]);
    const found = await run(file, { row: rows });
    const predictor = await loadPredictor(
      exportModel(model, parameters, { dataSet: JSON.stringify(HOUSES) }),
    );
    const own = [{ area: 140, city: 'Köln' }, { area: '80', city: 'Bonn' }, { area: null }].map((row) =>
      predictor.predictRow(row),
    );
    expectClose(
      found.of('prediction'),
      own.map((one) => (one.type === 'number' ? one.value : Number.NaN)),
    );
  });
});

it('the same model is the same file', async () => {
  const { model, parameters } = await exportCase(HOUSES_MODEL);
  expect(exportOnnx(model, parameters, PLAIN)).toEqual(exportOnnx(model, parameters, PLAIN));
});
