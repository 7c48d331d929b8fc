/** Commands about trained models. */
import type { Command } from 'commander';
import { EXPORT_FORMATS } from '../choices.ts';
import { addDataOptions, addJsonOption, addOutOption } from '../options.ts';
import { choice, whole } from '../values.ts';
import { examples, type Finish } from './parts.ts';

export function addModels(program: Command, finish: Finish): void {
  const evaluateCommand = program
    .command('evaluate')
    .description('accuracy and loss of a trained model on the test set, or of several and of their vote')
    .argument('<model...>', 'names of runs, paths of their folders, or safetensors files')
    .option(
      '--other-data',
      'evaluate on the data set that is found, also when the model was trained on another',
    );
  addJsonOption(addOutOption(addDataOptions(evaluateCommand)))
    .action(async (models, options) =>
      finish((await import('../commands/evaluate.ts')).evaluate(models, options)),
    )
    .addHelpText(
      'after',
      `\nSeveral models vote: the mean of their class probabilities decides, and where two classes are equally probable the\nlower one.\n${examples(
        'shoal evaluate runs/mnist-cnn-20260105-101500-3f2a/model.safetensors',
        'shoal evaluate mnist-cnn-20260105-101500-3f2a mnist-cnn-20260105-114200-81c0',
      )}`,
    );

  const predictCommand = program
    .command('predict')
    .description('what a trained model says of pictures, rows and arrays')
    .argument('<model>', 'name of a run, the path of its folder, or a safetensors file')
    .argument(
      '<file...>',
      'pictures, folders or .zip archives of them, CSV, TSV, Parquet, IDX, .npy or .npz files',
    )
    .option('--top <n>', 'so many classes, the most probable first', whole('--top', 1, 256), 3);
  addJsonOption(addOutOption(predictCommand))
    .action(async (model, files, options) =>
      finish((await import('../commands/predict.ts')).predict(model, files, options)),
    )
    .addHelpText(
      'after',
      examples(
        'shoal predict mnist-cnn-20260105-101500-3f2a seven.png',
        'shoal predict houses-20260105-101500-3f2a new-houses.csv --json',
      ),
    );

  const exportCommand = program
    .command('export')
    .description("write a run's model in a format that other tools read, or its curves")
    .argument('<run>', 'name of a run, the path of its folder, or a safetensors file')
    .argument('<file>', 'file to write, or the folder for pytorch and web')
    .option(
      '--format <format>',
      `${EXPORT_FORMATS.join(', ')} (default: what the file's name ends in)`,
      choice('--format', EXPORT_FORMATS),
    )
    .option('--prepare', 'onnx: take pixels as bytes, or the columns of a table, and prepare them inside');
  addJsonOption(addOutOption(exportCommand))
    .action(async (run, file, options) =>
      finish((await import('../commands/exportModel.ts')).exportRun(run, file, options)),
    )
    .addHelpText(
      'after',
      examples(
        'shoal export mnist-cnn-20260105-101500-3f2a digits.safetensors',
        'shoal export mnist-cnn-20260105-101500-3f2a digits.onnx --prepare',
        'shoal export mnist-cnn-20260105-101500-3f2a digits --format pytorch',
        'shoal export mnist-cnn-20260105-101500-3f2a curves.csv           every step and every epoch',
        'shoal export mnist-cnn-20260105-101500-3f2a page --format web    open page/index.html',
      ),
    );
}
