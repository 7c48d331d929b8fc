/** `shoal evaluate RUN|FILE …`: trained models on the test set, computed here; several of them also vote. */
import {
  classesOf,
  counted,
  type DataSet,
  type DataSetInfo,
  type DataSpec,
  type Evaluation,
  evaluateSplit,
  resolveRunSpec,
  SampleWriter,
  sentence,
  Vote,
  type VoteEvaluation,
  wasmStrictEngine,
} from '@shoal/core';
import { UserError } from '../../errors.ts';
import { regressionFigures } from '../../run/report/result.ts';
import { err, out } from '../../terminal/terminal.ts';
import { loadData } from '../dataFromOptions.ts';
import { type DeliveredModel, dataPlaceBeside, modelFileOf, readDeliveredModel } from '../deliveredModel.ts';
import { checkEvaluable } from '../misfits.ts';
import type { DataOptions } from '../options.ts';
import { columns, figure, percent } from '../output/format.ts';
import { regressionRows } from '../output/reportText.ts';
import { doubtAbout } from '../trainedOn.ts';
import { checkNamedOnce, checkVoters } from '../voters.ts';

const MICROBATCH = 64;

type Options = DataOptions & { readonly out: string; readonly otherData?: boolean; readonly json?: boolean };

export async function evaluate(names: readonly string[], options: Options): Promise<number> {
  const files: string[] = [];
  for (const name of names) files.push(await modelFileOf(name, options.out));
  await checkNamedOnce(names, files);
  const models: DeliveredModel[] = [];
  for (const file of files) models.push(await readDeliveredModel(file));
  const [first] = models;
  if (first === undefined) throw new UserError('No model is named: give the name of a run.');
  if (models.length > 1) checkVoters(models, { otherData: options.otherData === true });

  const dataSet = await dataSetFor(first, options);
  for (const delivered of models) checkData(delivered, dataSet.info, options);
  if (models.length === 1) {
    showOne(first, dataSet, await evaluationOf(first, dataSet), options);
    return 0;
  }
  const vote = new Vote({ samples: dataSet.test, classes: classesOf(first.model) });
  const evaluations: Evaluation[] = [];
  for (const delivered of models) evaluations.push(await evaluationOf(delivered, dataSet, vote));
  showAll(models, dataSet, evaluations, vote.evaluation(), options);
  return 0;
}

/** The data set that a model was trained on, as far as it can be found. */
async function dataSetFor(
  { file, spec, model, dataSet: trainedOnSet }: DeliveredModel,
  options: Options,
): Promise<DataSet> {
  const trainedOn: DataSpec = spec?.data ?? resolveRunSpec({ model: model.spec }).data;
  // A folder that is pointed to is what is asked for, also of a model that was trained on the built-in digits.
  const data: DataSpec =
    trainedOn.source === 'digits' && options.data !== undefined
      ? { ...trainedOn, source: 'mnist' }
      : trainedOn;
  const { dataSet, notices } = await loadData(data, options, {
    mayStandIn: false,
    usualPlace: await dataPlaceBeside(file),
    fitting: {
      input: trainedOnSet?.shape ?? model.inputShape,
      loss: model.loss,
      isFixed: true,
      isTrained: true,
    },
  });
  err.lines(...notices.map((fact) => sentence(fact, 'en')));
  return dataSet;
}

/** @throws UserError when the model was trained on another data set, and nobody asked for this one */
function checkData(delivered: DeliveredModel, info: DataSetInfo, options: Options): void {
  const doubt = doubtAbout(delivered, info);
  if (doubt?.isOther === true && options.otherData !== true) {
    throw new UserError(
      `${doubt.sentence} Point --data to the original one, or add --other-data to evaluate on this one.`,
    );
  }
  if (doubt !== null) err.lines(doubt.sentence);
}

/** Over the test set, each of whose samples the model also votes on where there is a vote. */
async function evaluationOf(
  delivered: DeliveredModel,
  dataSet: DataSet,
  vote: Vote | null = null,
): Promise<Evaluation> {
  const { file, model, parameters } = delivered;
  checkEvaluable(delivered, dataSet.info);
  const executor = await wasmStrictEngine.compile(model, { microbatch: MICROBATCH, inputGradient: false });
  executor.parameters.set(parameters);
  executor.parametersChanged();
  const writer = new SampleWriter({ shape: model.inputShape, augment: null, seed: 0 });
  const evaluation = evaluateSplit(executor, writer, dataSet.test, vote?.add(model));
  if (evaluation === null) throw emptyTestSet(dataSet.info);
  if (vote !== null && !Number.isFinite(evaluation.loss)) {
    throw new UserError(
      `${file} cannot vote: its outputs for the test set are not all finite numbers. Leave it out.`,
    );
  }
  return evaluation;
}

function showOne(
  { file }: DeliveredModel,
  { info, test }: DataSet,
  evaluation: Evaluation,
  options: Options,
): void {
  const { samples, accuracy, loss } = evaluation;
  const regression = info.target === undefined ? undefined : regressionFigures(loss, test, info.target);
  const rows = [
    ['model', file],
    ['test set', `${info.name}, ${counted(samples, 'sample')}`],
    ...(regression === undefined
      ? [
          ['test accuracy', percent(accuracy)],
          ['test loss', figure(loss)],
        ]
      : regressionRows({ regression, testLoss: loss })),
  ];
  if (options.json === true) {
    const line = evaluationLine(file, info.name, evaluation);
    out.json(regression === undefined ? line : { ...line, testAccuracy: null, ...regression });
  } else out.lines(...columns(rows));
}

const emptyTestSet = ({ name }: DataSetInfo): UserError =>
  new UserError(`The test set of ${name} is empty. Point --data to a set that has one.`);

function showAll(
  models: readonly DeliveredModel[],
  { info }: DataSet,
  evaluations: readonly Evaluation[],
  vote: VoteEvaluation | null,
  options: Options,
): void {
  if (vote === null) throw emptyTestSet(info);
  const files = models.map(({ file }) => file);
  const each = evaluations.map((evaluation, i) => ({ file: files[i] ?? '', evaluation }));
  if (options.json === true) {
    for (const { file, evaluation } of each) out.json(evaluationLine(file, info.name, evaluation));
    out.json({ type: 'vote', models: files, ...figuresOf(info.name, vote) });
    return;
  }
  const row = (name: string, { accuracy, loss }: VoteEvaluation): string[] => [
    name,
    percent(accuracy),
    loss === null ? 'not defined' : figure(loss),
  ];
  out.lines(
    `Test set: ${info.name}, ${counted(vote.samples, 'sample')}`,
    ...columns([
      ['model', 'test accuracy', 'test loss'],
      ...each.map(({ file, evaluation }) => row(file, evaluation)),
      row(`vote of ${counted(models.length, 'model')}`, vote),
    ]),
  );
}

const evaluationLine = (file: string, dataSet: string, evaluation: Evaluation) => ({
  type: 'evaluation',
  model: file,
  ...figuresOf(dataSet, evaluation),
});

const figuresOf = (dataSet: string, { samples, accuracy, loss }: VoteEvaluation) => ({
  dataSet,
  samples,
  testAccuracy: accuracy,
  testLoss: loss,
});
