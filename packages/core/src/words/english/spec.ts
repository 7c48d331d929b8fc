/** What is wrong with a run spec, or does not fit its data, in English. */
import type { DataFact, Owner, SpecFact } from '../../facts/specFacts.ts';
import { shapeText } from '../../nn/shapeText.ts';
import { counted } from '../../text/counted.ts';
import { type Wording, worded } from '../wording.ts';
import { allowedInEnglish } from './allowed.ts';
import { namesInEnglish } from './names.ts';

const place = (at: string): string => (at === '' ? 'the run spec' : at);

function ownerName({ at, tag }: Owner): string {
  if (at === '') return 'a run spec';
  return tag === null ? at : `${at} of ${tag.field} "${tag.name}"`;
}

export const SPEC_ENGLISH: Wording<SpecFact | DataFact> = {
  fieldInvalid: ({ at, allowed, value }) =>
    `${place(at)} must be ${allowedInEnglish(allowed)}, not ${value}.`,
  fieldMissing: ({ at, known }) => `${place(at)} is missing. Fields here: ${known.join(', ')}.`,
  modelMissing: ({ at }) =>
    `${place(at)} is missing: write {"input": [1, 28, 28], "layers": […]}, or start from a preset with "preset": "mnist-mlp".`,
  tagMissing: ({ at, known }) =>
    `${place(at)} is missing: it says what the rest means. Known here: ${known.join(', ')}.`,
  nameUnknown: ({ at, value, ...names }) => `${place(at)} cannot be ${value}: ${namesInEnglish(names)}`,
  objectExpected: ({ at, tag, value }) =>
    `${place(at)} must be an object, not ${value}: write it with braces, such as {"${tag}": …}.`,
  fieldUnknown: ({ at, owner, tagFirst, ...names }) =>
    `${at} is not a field of ${ownerName(owner)}: ${namesInEnglish(names)}` +
    (tagFirst === null ? '' : ` Set ${tagFirst} first to get the fields of another.`),
  overrideEmpty: ({ override }) =>
    `"${override}" sets nothing: write a field and its value, such as epochs=3.`,
  entryUnknown: ({ at, list, entries }) =>
    entries === 0
      ? `${at} cannot be set: ${list} is empty. Set ${list} itself to a list with an entry.`
      : `${at} cannot be set: ${list} has the entries ${list}.0 to ${list}.${entries - 1}.`,
  fieldsMissing: ({ at, owner }) =>
    `${at} cannot be set: ${place(owner)} has no fields. Set ${place(owner)} itself.`,
  overrideTooDeep: ({ names, most }) =>
    `A field of a spec has at most ${most} names with dots between them, not ${names}: write one such as optimizer.lr=0.01.`,
  specTooDeep: ({ most }) =>
    `The spec nests objects and lists more than ${most} deep, which is the most: write residual blocks after each other rather than inside each other.`,
  specTooManyValues: ({ most }) =>
    `The spec has more than ${most} values, which is the most: leave out what is repeated.`,
  specTextTooLong: ({ most }) =>
    `The names and texts of the spec have more than ${most} characters, which is the most: shorten them.`,
  microbatchTooLarge: ({ microbatch, batch }) =>
    `microbatch is ${microbatch} but batch is ${batch}: a step is cut into microbatches, so microbatch must be a whole number from 1 to ${batch}.`,
  quorumNeedsChecks: ({ quorum, usual }) =>
    `trust.quorum is ${quorum} but trust.spotCheck is 0: workers that know each other could agree on wrong answers and would never be found out. Set trust.spotCheck above 0, such as ${usual}.`,
  trimNeedsFast: () =>
    'trust.trim is above 0, but numerics is "exact": there every answer can be compared to the bit, so use trust.spotCheck or trust.quorum.',
  codingNeedsLocalSteps: ({ coding }) =>
    `coding.up is "${coding}" but steps.type is "synchronous": the gradients of single microbatches are lost in so few bits, so use "int8" or "f32", or the step rule "localSteps".`,
  codingTooManyMicrobatches: ({ microbatches, most }) =>
    `coding.up is "int8" but a step has ${microbatches} microbatches: the sum of at most ${most} fits into 8 bits, so make microbatch larger or batch smaller.`,
  roundsHideLies: ({ field }) =>
    `steps.type is "localSteps" and numerics is "fast" while answers are compared (trust.${field}): after a round of local steps, right answers of unlike engines lie too far apart to be told from wrong ones, so use numerics "exact", or neither spot checks nor a quorum (trust.spotCheck 0, trust.quorum 1).`,
  trimTooLarge: ({ trim, microbatches }) =>
    `trust.trim is ${trim} but a step has ${microbatches} microbatches: 2 · trim + 1 of them are needed, so make batch larger or microbatch smaller.`,
  trimAboveReplicas: ({ trim, replicas }) =>
    `trust.trim is ${trim} but a step has ${replicas} replicas: 2 · trim + 1 of them are needed, so make steps.replicas larger or trust.trim smaller.`,
  tableHasNoValidation: ({ metric }) =>
    `earlyStopping.metric is "${metric}", but a truth table has no validation set: use "trainErrors" or "trainLoss".`,
  nothingCounted: ({ metric }) =>
    `earlyStopping.metric is ${metric}, but a predicted number is neither right nor wrong: watch validationLoss or trainLoss.`,
  nothingHeldOut: ({ metric, usual }) =>
    `earlyStopping.metric is "${metric}", but data.validation is 0: hold out some samples, such as data.validation=${usual}, or use "trainLoss".`,
  layersEmpty: () =>
    'model.layers is empty: write at least one layer, such as {"type": "dense", "units": 10}.',
  initialUnnamed: () =>
    'initial names no model to begin with: name a run or a safetensors file with --initial, or a run of this folder in initial.from.',
  initialLayersTooMany: ({ layers, entries }) =>
    `initial.layers is ${layers}, but model.layers has ${counted(entries, 'entry', { many: 'entries' })}: take at most ${entries}, or all with null.`,
  initialLayersEmpty: ({ layers }) =>
    layers === 1
      ? 'initial.layers is 1, but the first layer has no parameters to take: take more layers.'
      : `initial.layers is ${layers}, but the first ${layers} layers have no parameters to take: take more layers.`,
  initialFreezesAll: ({ layers, entries }) =>
    `initial.frozen leaves nothing to train: ${layers === null ? `all ${entries} layers` : `the first ${layers} layers`} have all the parameters of the model. Take fewer with initial.layers (--initial-layers), or do not freeze them.`,
  inputAxes: ({ input }) =>
    `model.input must be [features] or [channels, height, width], not ${shapeText(input)}.`,
  augmentNeedsImages: () =>
    'data.augment moves pixels, but model.input has one axis: write it as [channels, height, width] and begin with a flatten layer.',
  presetUnknown: ({ name, ...names }) =>
    `There is no preset ${JSON.stringify(name)}: ${namesInEnglish(names)} \`shoal presets\` lists them all.`,
  presetInvalid: ({ value }) =>
    `preset must be the name of a preset, not ${value}: \`shoal presets\` lists them all.`,
  inputMisfit: ({ input, dataSet, shape }) =>
    `model.input is ${shapeText(input)}, but the samples of ${dataSet} are ${shapeText(shape)}: set model.input=${JSON.stringify(shape)}.`,
  tooFewOutputs: ({ outputs, dataSet, classes }) =>
    `The model has ${outputs} outputs, but ${dataSet} has ${classes} classes: give the last dense layer ${classes} units.`,
  lossMisfit: ({ loss, dataSet, wanted }) =>
    wanted === 'squared_error'
      ? `The loss ${loss} is for classes, but the label of ${dataSet} is a number: set model.loss=squared_error, and give the last dense layer 1 unit.`
      : `The loss ${loss} is for numbers, but ${dataSet} has classes: set model.loss=${wanted}.`,
  roundTooLarge: ({ replicas, localSteps, batch, needed, samples }) =>
    `A step takes steps.replicas × steps.localSteps × batch = ${replicas} × ${localSteps} × ${batch} = ${needed} samples, but there are ${samples} to train on, and a step may not take more than one epoch: make one of the three smaller.`,
  validationTooLarge: ({ validation, dataSet, samples }) =>
    `data.validation is ${validation}, but the training set of ${dataSet} has ${samples} samples and at least ` +
    `one must be left to train on. Set data.validation to at most ${Math.max(0, samples - 1)}.`,
  limitTooLarge: ({ limit, dataSet, remaining, validation }) =>
    `data.limit is ${limit}, but ${dataSet} has ${remaining} training samples beside the ${validation} held out ` +
    `for validation. Set data.limit to between 1 and ${remaining}, or to null for all.`,
};

export const specInEnglish = (fact: SpecFact | DataFact): string => worded(SPEC_ENGLISH, fact);
