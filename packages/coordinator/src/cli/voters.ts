/** Which models may vote together, checked before anything is computed. */
import { realpath } from 'node:fs/promises';
import { bytesOf, canonicalJson, classesOf, givesProbabilities } from '@shoal/core';
import { UserError } from '../errors.ts';
import type { DeliveredModel } from './deliveredModel.ts';
import { disagreementOf } from './trainedOn.ts';

/** @throws UserError when two names stand for one file: `files[i]` is what `names[i]` stands for */
export async function checkNamedOnce(names: readonly string[], files: readonly string[]): Promise<void> {
  const nameOf = new Map<string, string>();
  for (const [i, file] of files.entries()) {
    const name = names[i] ?? file;
    const place = await realpath(file);
    const before = nameOf.get(place);
    if (before !== undefined) {
      const twice = before === name ? `${name} is named twice` : `${before} and ${name} are the same model`;
      throw new UserError(`${twice}: each model has one vote. Leave one of them out.`);
    }
    nameOf.set(place, name);
  }
}

/**
 * Models that vote have class probabilities, of equally many classes, and were trained on the same data set, as far as
 * their files say; `otherData` lets them vote on another one. @throws UserError naming the models
 */
export function checkVoters(
  models: readonly DeliveredModel[],
  { otherData }: { readonly otherData: boolean },
): void {
  for (const [i, one] of models.entries()) {
    checkProbabilities(one);
    for (const before of models.slice(0, i)) {
      checkClasses(before, one);
      const disagreement = otherData ? null : disagreementOf(before, one);
      if (disagreement !== null) {
        throw new UserError(
          `${disagreement} Models vote on one test set: name runs of one data set, or add --other-data to evaluate all on the one that is found.`,
        );
      }
      if (areTwins(before, one)) {
        throw new UserError(
          `${before.file} and ${one.file} hold the same model, bit for bit, as two runs of one spec do: it would vote twice. Leave one out, or train another one with --seed.`,
        );
      }
    }
  }
}

function checkProbabilities({ file, model }: DeliveredModel): void {
  if (givesProbabilities(model)) return;
  const last = model.layers.at(-1);
  throw new UserError(
    `${file} cannot vote: its outputs are not class probabilities (its loss is ${model.loss}, its last layer ${last?.name ?? 'missing'}). ` +
      'Those of models trained by cross_entropy are, and of models trained by mse that end in softmax, or in sigmoid with one output. ' +
      'Leave it out, or evaluate it alone.',
  );
}

function checkClasses(one: DeliveredModel, other: DeliveredModel): void {
  const [classes, others] = [classesOf(one.model), classesOf(other.model)];
  if (classes === others) return;
  throw new UserError(
    `${one.file} tells ${classes} classes apart, but ${other.file} ${others}: they cannot vote together. Name models with equally many classes, or evaluate each alone.`,
  );
}

const areTwins = (one: DeliveredModel, other: DeliveredModel): boolean =>
  canonicalJson(one.model.spec) === canonicalJson(other.model.spec) &&
  Buffer.compare(bytesOf(one.parameters), bytesOf(other.parameters)) === 0;
