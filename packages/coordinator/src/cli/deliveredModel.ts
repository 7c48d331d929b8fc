/** A trained model as it lies on disk: its spec from the file's metadata, its parameters checked against it. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import {
  type CheckpointError,
  checkExtent,
  compileModel,
  type DataSetInfo,
  type Engine,
  importParameters,
  type Model,
  type ModelSpec,
  type RunSpec,
  readMetadata,
  resolveStoredSpec,
  type Samples,
} from '@shoal/core';
import { UserError } from '../errors.ts';
import { findRun } from '../run/folder/findRun.ts';
import { readRun, runFiles } from '../run/folder/runFolder.ts';
import { resumeCommand } from './resumeCommand.ts';

export type DeliveredModel = {
  readonly file: string;
  readonly model: Model;
  readonly parameters: Float32Array;
  /** Null when the file holds a model alone, without the run that trained it. */
  readonly spec: RunSpec | null;
  /** What it was trained on; null when the file does not say, as older ones do not. */
  readonly dataSet: DataSetInfo | null;
};

/**
 * The file of a run's delivered model, or `name` itself when it is a file.
 * @throws UserError when there is neither, or the run has not ended yet
 */
export async function modelFileOf(name: string, runsFolder: string): Promise<string> {
  if (await isFile(name)) return name;
  if (/\.safetensors$/.test(name)) throw new UserError(`There is no file ${name}. Name another, or a run.`);
  const place = await findRun(name, runsFolder);
  const run = await readRun(place.runsFolder, place.runId);
  const { model } = runFiles(run.folder);
  if (await isFile(model)) return model;
  throw new UserError(
    `The run ${run.runId} has delivered no model yet: let it end with ${resumeCommand(run.runId, { out: place.runsFolder })}`,
  );
}

/** Where the data lay of the run in whose folder the file is; null for a file by itself. */
export async function dataPlaceBeside(file: string): Promise<string | null> {
  const folder = resolve(dirname(file));
  const run = await readRun(dirname(folder), basename(folder)).catch(() => null);
  return run?.dataPlace ?? null;
}

/** @throws UserError naming the file and what is wrong with it */
export async function readDeliveredModel(file: string): Promise<DeliveredModel> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new UserError(
      `The model ${file} cannot be read (${error.message}). Mend its permissions, or name another.`,
    );
  });
  try {
    const metadata = readMetadata(bytes);
    const written = metadata.get('spec');
    const spec = written === undefined ? null : resolveStoredSpec(JSON.parse(written));
    const modelText = metadata.get('model');
    if (spec === null && modelText === undefined) {
      throw new UserError(
        'its metadata holds no model spec (the field "model"), so its layers are not known. Name a file that a run delivered.',
      );
    }
    const modelSpec = spec?.model ?? (JSON.parse(modelText ?? 'null') as ModelSpec);
    checkExtent(modelSpec);
    const model = compileModel(modelSpec);
    const dataSet = JSON.parse(metadata.get('dataSet') ?? 'null') as DataSetInfo | null;
    return { file, model, parameters: importParameters(model, bytes), spec, dataSet };
  } catch (error) {
    const why = (error as CheckpointError).message;
    throw new UserError(`${file} cannot be used as a model: ${why}`);
  }
}

/** The last layer's outputs for every sample, [count × outputs]. */
export async function outputsFor(
  { model, parameters }: DeliveredModel,
  samples: Samples,
  engine: Engine,
): Promise<Float32Array> {
  const executor = await engine.compile(model, { microbatch: samples.count, inputGradient: false });
  executor.parameters.set(parameters);
  executor.parametersChanged();
  executor.inputs.set(samples.inputs.values);
  executor.targets.set(samples.targets.values);
  executor.evaluate(samples.count);
  return executor.outputs.slice(0, samples.count * model.outputs);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
