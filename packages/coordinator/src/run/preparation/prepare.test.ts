import { createHash } from 'node:crypto';
import { compileModel, exportModel, frozenLength, initialParameters, resolveRunSpec } from '@shoal/core';
import { expect, test } from 'vitest';
import { initialProgress } from '../../transition/transition.ts';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { beginningOf } from '../trust/snapshotStore.ts';
import { planRun } from './plan.ts';
import { prepareRun } from './prepare.ts';

const model = compileModel(smallSpec.model);
const learned = initialParameters(model, 77);
const FILE = exportModel(model, learned);
const sha256 = createHash('sha256').update(FILE).digest('hex');
const begun = resolveRunSpec({ ...smallSpec, initial: { sha256, layers: 1, frozen: true } });

test('a run begins with the model that it names, as a version that workers have to be told of', () => {
  const run = prepareRun(begun, smallData, { initial: FILE });
  const frozen = frozenLength(model, begun);
  const parameters = run.arena.view(run.updater.parameters).slice();
  expect(parameters.slice(0, frozen)).toEqual(learned.slice(0, frozen));
  expect(parameters.slice(frozen)).toEqual(initialParameters(model, begun.seed).slice(frozen));
  expect(initialProgress(run.facts).version).toBe(1);
  // What it may go back to is the same.
  const { state, progress } = beginningOf(run);
  expect(state().parameters).toEqual(parameters);
  expect(progress.version).toBe(1);
});

test('a run that begins with what its seed draws begins with version 0, which nobody has to be told', () => {
  const run = prepareRun(smallSpec, smallData);
  expect(run.arena.view(run.updater.parameters)).toEqual(initialParameters(model, smallSpec.seed));
  expect(initialProgress(run.facts).version).toBe(0);
});

test('a model that does not fit is told when a run is planned, before anything is made', async () => {
  const layers = [{ type: 'dense', units: 4 }, ...smallSpec.model.layers.slice(1)];
  const other = resolveRunSpec({
    ...{ ...smallSpec, model: { ...smallSpec.model, layers } },
    initial: { sha256, layers: 1 },
  });
  const plan = planRun(other, {
    load: async () => ({ dataSet: smallData, notices: [] }),
    initial: async () => FILE,
  });
  await expect(plan).rejects.toThrow(
    /does not fit at layer 1: the file has dense1\.weight as F32 of shape \[5, 6\]/,
  );
});
