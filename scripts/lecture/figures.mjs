// The figures of `docs/lecture.md` and its Chinese form, by name, and the page with them in their places: between
// `<!-- figure NAME -->` and `<!-- end -->`. What surrounds them is written by hand.
import { findPreset } from '@shoal/core';
import { lectureWords } from './words.mjs';

const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const percents = (shares) => `${shares.map((share) => (100 * share).toFixed(1)).join(', ')} %`;
const loss = (value) => value.toFixed(3);
const losses = (values) => values.map((value) => String(Number(value.toPrecision(4)))).join(', ');
/** As the command prints it: two digits, small ones with an exponent. */
const norm = (value) => (value < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(2))));
const grouped = (count) => count.toLocaleString('en');

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return `\n${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

const block = (lines) => `\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n`;

/** The epoch, from 1, with the lowest value. */
const lowest = (values) => values.indexOf(Math.min(...values)) + 1;
/** The first epoch, from 1, from which on `holds` does. */
const since = (values, holds) => values.length - values.toReversed().findIndex((value) => !holds(value)) + 1;

const PARAMETERS = { 'mnist-softmax': 7_850, 'mnist-mlp': 669_706, 'mnist-cnn': 34_826 };
const RULES = {
  'mnist-sgd': 'w ← w − ηg',
  'mnist-momentum': 'v ← 0.9v + g, w ← w − ηv',
  'mnist-adagrad': 's ← s + g², w ← w − ηg/√s',
  'mnist-rmsprop': 's ← 0.99s + 0.01g², w ← w − ηg/√s',
};
const rateOf = ({ optimizer, schedule }) =>
  schedule.type === 'inverse_sqrt' ? `${optimizer.lr}/√(t+1)` : String(optimizer.lr);

/** @returns every figure of the page in that language by its name */
export function figuresOf(records, language = 'en') {
  const t = lectureWords[language];
  const of = (name) => {
    const record = records[name];
    if (record === undefined) throw new Error(`The preset ${name} has not been trained yet.`);
    return { name, record, spec: findPreset(name) };
  };
  const last = (values) => values.at(-1);
  const validation = (name) => last(of(name).record.validationAccuracy);
  const errors = (name) => percent(1 - of(name).record.result.testAccuracy);
  const overfit = of('mnist-overfit').record;
  const dropout = of('mnist-dropout').record;
  return {
    ...neurons(of, t),
    recognition: table(
      [t.preset, t.model, t.parameters, t.testAccuracy],
      Object.entries(t.models).map(([name, model]) => [
        `\`${name}\``,
        model,
        grouped(PARAMETERS[name]),
        percent(of(name).record.result.testAccuracy),
      ]),
    ),
    'loss-functions': table(
      [t.afterThree, t.crossEntropy, t.squareError],
      [[t.validation, percent(validation('mnist-sgd')), percent(validation('mnist-square-error'))]],
    ),
    'loss-cross-entropy': last(of('mnist-sgd').record.validationLoss).toFixed(2),
    'loss-square-error': last(of('mnist-square-error').record.validationLoss).toFixed(3),
    ...depth(of, validation),
    ...rates(of, validation, t),
    optimizers: table(
      [t.preset, t.rule, t.rate, t.threeAccuracies],
      Object.entries({ ...RULES, 'mnist-adam': t.adam }).map(([name, rule]) => [
        `\`${name}\``,
        rule,
        rateOf(of(name).spec),
        percents(of(name).record.validationAccuracy),
      ]),
    ),
    'overfit-whole-from': String(since(overfit.trainAccuracy, (share) => share === 1)),
    'overfit-best-epoch': String(lowest(overfit.validationLoss)),
    'overfit-best-loss': loss(Math.min(...overfit.validationLoss)),
    'overfit-last-loss': loss(last(overfit.validationLoss)),
    'overfit-train-loss': String(Number(last(overfit.trainLoss).toPrecision(1))),
    'overfit-accuracy-best': percent(overfit.validationAccuracy[lowest(overfit.validationLoss) - 1]),
    'overfit-accuracy-last': percent(last(overfit.validationAccuracy)),
    cures: table(
      [t.preset, t.changes, t.delivered, t.testAccuracy, t.testLoss],
      Object.entries(t.cures).map(([name, change]) => {
        const { record, spec } = of(name);
        const { bestEpoch, epochs, testAccuracy, testLoss } = record.result;
        const [patience, l2] = [spec.earlyStopping?.patience, spec.regularization.l2];
        return [
          `\`${name}\``,
          change({ patience, bestEpoch, l2, epochs }),
          loss(record.validationLoss[bestEpoch - 1]),
          percent(testAccuracy),
          loss(testLoss),
        ];
      }),
    ),
    'errors-of-1000': errors('mnist-overfit'),
    'errors-of-5000': errors('mnist-5000-samples'),
    'errors-of-all': errors('mnist-more-data'),
    'dropout-train-first': percent(dropout.trainAccuracy[0], 0),
    'dropout-validation-first': percent(dropout.validationAccuracy[0], 0),
    'dropout-best-loss': loss(Math.min(...dropout.validationLoss)),
    'dropout-best-epoch': String(lowest(dropout.validationLoss)),
    'decay-last-loss': loss(last(of('mnist-weight-decay').record.validationLoss)),
    'decay-worst-late': loss(Math.max(...of('mnist-weight-decay').record.validationLoss.slice(20))),
    'augmented-train': percent(last(of('mnist-augmented').record.trainAccuracy), 0),
    'augmented-best-loss': loss(Math.min(...of('mnist-augmented').record.validationLoss)),
    'augmented-best-epoch': String(lowest(of('mnist-augmented').record.validationLoss)),
  };
}

function neurons(of, t) {
  const and = of('perceptron-and');
  const { result, trainLoss, trainAccuracy, trainErrors } = and.record;
  const line = (epoch) =>
    `epoch ${String(epoch).padStart(3)}/${and.spec.epochs}  loss ${trainLoss[epoch - 1]}  ` +
    `accuracy ${percent(trainAccuracy[epoch - 1], 2)}  errors ${trainErrors[epoch - 1]}  …` +
    (epoch === result.epochs ? '  best so far' : '');
  const xor = of('perceptron-xor').record.trainErrors;
  const mlp = of('mlp-xor').record;
  return {
    'and-epochs': t.count(result.epochs),
    'not-epochs': t.count(of('perceptron-not').record.result.epochs),
    'and-lines': block([1, 3, result.epochs - 1, result.epochs].map(line)),
    'xor-fewest': String(Math.min(...xor)),
    'xor-most': String(Math.max(...xor)),
    'xor-patience': String(of('perceptron-xor').spec.earlyStopping.patience),
    'mlp-xor-epochs': String(mlp.result.epochs),
    'mlp-xor-first': mlp.trainLoss[0].toFixed(2),
  };
}

function depth(of, validation) {
  const sigmoid = of('mnist-deep-sigmoid').record;
  const relu = of('mnist-deep-relu').record;
  const prelu = of('mnist-prelu').record;
  const columns = sigmoid.layerNorms.map((value, i) => [norm(value), norm(relu.layerNorms[i])]);
  const row = (name, at) =>
    [
      name.padEnd(9),
      ...columns.map((pair) => pair[at].padEnd(Math.max(...pair.map((one) => one.length)) + 2)),
    ]
      .join('')
      .trimEnd();
  return {
    norms: block([row('sigmoid', 0), row('relu', 1)]),
    'sigmoid-ratio': grouped(Math.round(sigmoid.layerNorms.at(-1) / sigmoid.layerNorms[0] / 1000) * 1000),
    'sigmoid-loss': sigmoid.trainLoss.at(-1).toFixed(2),
    'sigmoid-accuracy': percent(sigmoid.result.testAccuracy, 0),
    'relu-accuracy': percent(relu.result.testAccuracy),
    'relu-validation': percent(validation('mnist-deep-relu')),
    'relu-first': percent(relu.trainAccuracy[0], 0),
    'prelu-first': percent(prelu.trainAccuracy[0], 0),
    'prelu-accuracy': percent(prelu.result.testAccuracy),
    'prelu-norms': String(prelu.layerNorms.length),
  };
}

function rates(of, validation, t) {
  const names = ['mnist-lr-too-small', 'mnist-sgd', 'mnist-lr-too-large', 'mnist-inverse-sqrt'];
  const { spec } = of('mnist-inverse-sqrt');
  const steps = 3 * Math.ceil(55_000 / spec.batch);
  const plain = of('mnist-sgd').spec.optimizer.lr;
  return {
    rates: table(
      [t.preset, t.rate, t.threeLosses, t.validationAccuracy],
      names.map((name) => [
        `\`${name}\``,
        rateOf(of(name).spec),
        losses(of(name).record.trainLoss),
        percent(validation(name)),
      ]),
    ),
    'inverse-factor': t.count(Math.round(spec.optimizer.lr / plain)),
    'inverse-below-from': String(Math.ceil((spec.optimizer.lr / plain) ** 2) - 1),
    'inverse-last-rate': (spec.optimizer.lr / Math.sqrt(steps)).toFixed(3),
    'inverse-validation': percent(validation('mnist-inverse-sqrt')),
    'sgd-validation': percent(validation('mnist-sgd')),
  };
}

const PLACE = /(<!-- figure ([a-z0-9-]+) -->)[\s\S]*?(<!-- end -->)/g;

/** @returns the page with each figure in its places @throws Error for a place without a figure, or the other way round */
export function fill(page, figures) {
  const unused = new Set(Object.keys(figures));
  const filled = page.replaceAll(PLACE, (_all, begin, name, end) => {
    const figure = figures[name];
    if (figure === undefined) throw new Error(`The page asks for a figure "${name}", which nothing gives.`);
    unused.delete(name);
    return `${begin}${figure}${end}`;
  });
  if (unused.size > 0) throw new Error(`The page has no place for ${[...unused].join(', ')}.`);
  return filled;
}
