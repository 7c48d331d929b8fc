/**
 * npm run bench:spread -- [--presets mnist-cnn-slow-line,mnist-mlp-slow-line] [--rounds 0,2] [--steps 25,200]
 *
 * How far the answers of unlike engines to one round of local steps lie apart, in parts of its length, as they come about and
 * rounded to 8 and to 4 bits: what a run with fast numerics has to tell from a lie. The round begins with the drawn
 * parameters, or with those after so many rounds of the preset. Needs MNIST (SHOAL_DATA_DIR).
 */
import { parseArgs } from 'node:util';
import { loadDataSet } from '@shoal/coordinator';
import {
  bytesOf,
  compileModel,
  findPreset,
  initialParameters,
  mergeRunSpec,
  piecesOf,
  StreamOrder,
  samplesOfLeaves,
  shapeOfRun,
  splitForRun,
  ThreadComputer,
  updaterOf,
  VectorArena,
  wasmStrictEngine,
} from '@shoal/core';
import { enableRelaxedSimd, nodeEngines } from '@shoal/worker';

const { values } = parseArgs({
  options: {
    presets: { type: 'string', default: 'mnist-cnn-slow-line,mnist-mlp-slow-line' },
    rounds: { type: 'string', default: '0,2' },
    steps: { type: 'string', default: '25,200' },
  },
});
const [rounds, steps] = [values.rounds, values.steps].map((list) => list.split(',').map(Number));
if (![...rounds, ...steps].every((one) => Number.isInteger(one) && one >= 0)) {
  console.error('--rounds and --steps take whole numbers, such as 0,2.');
  process.exit(2);
}
enableRelaxedSimd();
const engines = (await nodeEngines()).filter(({ name }) => name !== 'reference');

/** One leaf, or a whole step. */
async function open(engine, spec, data) {
  const model = compileModel(spec.model);
  const trainCount = data.train.count;
  const computer = await ThreadComputer.open(engine, { model, spec, trainCount });
  const [shape, order] = [shapeOfRun(spec, trainCount), new StreamOrder(spec, trainCount)];
  return {
    step(step, parameters) {
      computer.setParameters(bytesOf(parameters));
      const leaves = spec.steps.replicas;
      const numbers = order.numbers(piecesOf(shape, samplesOfLeaves(shape, step, 0, leaves)));
      const root = computer.computeTree({
        ...{ task: 'gradient', step, samples: data.train, scales: null, numbers, rows: numbers },
      });
      const vector = computer.view(root.vector).slice();
      computer.free(root.vector);
      return { vector, count: root.count };
    },
    leaf(step, parameters) {
      computer.setParameters(bytesOf(parameters));
      const numbers = order.numbers(piecesOf(shape, samplesOfLeaves(shape, step, 0, 1)));
      const computation = computer.begin({
        ...{ task: 'gradient', step, from: 0, to: 1, leaves: spec.steps.replicas },
        ...{ samples: data.train, scales: null, numbers, rows: numbers },
      });
      while (computation.step());
      const [{ vector, loss }] = computation.finish();
      const values = computer.view(vector).slice();
      computer.free(vector);
      return { values, loss };
    },
  };
}

function apart(given, right) {
  let [difference, length] = [0, 0];
  for (let i = 0; i < right.length; i += 1) {
    difference += (given[i] - right[i]) ** 2;
    length += right[i] ** 2;
  }
  return Math.sqrt(difference / length);
}

for (const preset of values.presets.split(',')) {
  const base = findPreset(preset);
  const dataSet = await loadDataSet(base.data, {
    ...{ dataFolder: null, allowDownload: false, mayStandIn: false },
    ...{ onProgress: () => {}, onNotice: () => {} },
  });
  const data = splitForRun(dataSet, base.data, base.seed);
  const model = compileModel(base.model);
  const arena = new VectorArena({ length: model.vectorLength });
  const updater = updaterOf(base, {
    ...{ model, arena, parameters: initialParameters(model, base.seed), trainCount: data.train.count },
  });
  const trainer = await open(wasmStrictEngine, base, data);
  let trained = 0;
  for (const round of rounds) {
    for (; trained < round; trained += 1) {
      const { vector, count } = trainer.step(trained, arena.view(updater.parameters).slice());
      const sum = arena.allocateFrom(vector);
      updater.apply(sum, count, trained, 0);
      arena.free(sum);
    }
    const parameters = arena.view(updater.parameters).slice();
    for (const localSteps of steps) {
      for (const up of ['f32', 'int8', 'int4']) {
        const changed = { steps: { ...base.steps, localSteps }, coding: { up, down: 'f32' } };
        const spec = mergeRunSpec(base, { ...changed, numerics: 'fast', trust: { spotCheck: 0, quorum: 1 } });
        const answers = [];
        for (const engine of engines) answers.push((await open(engine, spec, data)).leaf(0, parameters));
        const right = answers[engines.indexOf(wasmStrictEngine)];
        engines.forEach(({ name }, i) => {
          if (answers[i] === right) return;
          const gradient = apart(answers[i].values, right.values);
          const loss = Math.abs(answers[i].loss - right.loss) / right.loss;
          console.log(JSON.stringify({ preset, round, localSteps, up, engine: name, gradient, loss }));
        });
      }
    }
  }
}
