import { expect, test } from 'vitest';
import { runCommand } from './program.ts';

test.each([
  [['trian'], 'There is no command "trian": did you mean "train"?'],
  [['train', '--wrkers', '3'], 'shoal train has no option --wrkers: did you mean --workers?'],
  [['train', '--epochs', '3'], 'but the run spec has: write --set epochs=VALUE.'],
  [['train', '--workers', 'two'], '--workers must be a whole number from 0 to 256, not "two".'],
  [['train', '--workers'], 'The option --workers <n> needs a value after it.'],
  [['train', 'mnist'], 'shoal train was given more words than it takes'],
  [['worker'], 'shoal worker needs to know LINK: write - to be asked for it'],
  [['worker', 'http://h/#t', '--link-file', 'f'], 'The link was given twice'],
  [['runs', 'lst'], 'shoal runs'],
  [['evaluate'], 'shoal evaluate needs to know MODEL.'],
  [['train', '--log-level', 'warning'], '--log-level cannot be "warning": did you mean "warn"?'],
  [['export', 'r', 'f', '--format', 'onxx'], '--format cannot be "onxx": did you mean "onnx"?'],
  [['train', '--preset', 'mnist-mpl'], 'did you mean "mnist-mlp"?'],
  [['train', '--set', 'epochs=-1'], 'epochs must be a whole number from 0 to 1000000, not -1.'],
  [
    ['bench', 'engine', '--engine', 'wasm-strct'],
    'There is no engine "wasm-strct" here: did you mean "wasm-strict"?',
  ],
  [['trust', 'r', '--spot-check', '5'], '--spot-check must be a number from 0 to 1, not "5".'],
  [
    ['train', '--set', 'trust.spotCheck=0', '--set', 'trust.quorum=2'],
    'trust.quorum is 2 but trust.spotCheck is 0',
  ],
  [['train', '--set', 'model.layers.0.type=relu'], 'dense2 expects a vector'],
])('%j is answered with a sentence', async (args, sentence) => {
  await expect(runCommand(args)).rejects.toThrow(sentence);
});
