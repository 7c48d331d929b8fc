/** `shoal predict RUN FILE…`: what a trained model says of pictures, rows and arrays. */
import { readFile } from 'node:fs/promises';
import { loadPredictor, type Predictor } from '@shoal/core';
import { type Predicted, predictions } from '../../data/predictInputs.ts';
import { out } from '../../terminal/terminal.ts';
import { modelFileOf, readDeliveredModel } from '../deliveredModel.ts';
import { figure, percent } from '../output/format.ts';

type Options = { readonly out: string; readonly top: number; readonly json?: boolean };

/** @returns 0, or 1 where some of what was asked about could not be read */
export async function predict(name: string, files: readonly string[], options: Options): Promise<number> {
  const source = await modelFileOf(name, options.out);
  // Says in this command's words what is wrong with a file that is no model.
  await readDeliveredModel(source);
  const predictor = await loadPredictor(await readFile(source));
  let faults = 0;
  for (const file of files) {
    for await (const answer of predictions(file, predictor)) {
      if (answer.prediction.type === 'fault') faults += 1;
      if (options.json === true) out.json(lineOf(answer, predictor));
      else out.lines(textOf(answer, predictor, options.top));
    }
  }
  return faults > 0 ? 1 : 0;
}

function lineOf({ name, prediction }: Predicted, { classNames, dataSet }: Predictor) {
  const line = { type: 'prediction', name };
  switch (prediction.type) {
    case 'fault':
      return { ...line, fault: prediction.reason };
    case 'number':
      return { ...line, label: dataSet?.target?.name ?? null, value: prediction.value };
    case 'class': {
      const { probabilities } = prediction;
      return {
        ...line,
        class: prediction.name,
        number: prediction.class,
        probabilities:
          probabilities === null
            ? null
            : Object.fromEntries(classNames.map((one, label) => [one, probabilities[label] ?? 0])),
      };
    }
  }
}

function textOf({ name, prediction }: Predicted, { classNames, dataSet }: Predictor, top: number): string {
  switch (prediction.type) {
    case 'fault':
      return `${name}: not read: ${prediction.reason}`;
    case 'number':
      return `${name}: ${dataSet?.target === undefined ? '' : `${dataSet.target.name} `}${figure(prediction.value)}`;
    case 'class': {
      const { probabilities } = prediction;
      if (probabilities === null) return `${name}: ${prediction.name}`;
      const order = [...probabilities.keys()].sort(
        (a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0),
      );
      const some = order
        .slice(0, top)
        .map((label) => `${classNames[label]} ${percent(probabilities[label] ?? 0)}`);
      return `${name}: ${some.join(', ')}`;
    }
  }
}
