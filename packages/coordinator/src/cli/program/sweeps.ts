/** Commands that train several runs one after another. */
import type { Command } from 'commander';
import { addDataOptions, addJsonOption, addOutOption, addRunOptions } from '../options.ts';
import { whole } from '../values.ts';
import { examples, type Finish } from './parts.ts';

const PLACE_MAX = 1_000;

export function addSweeps(program: Command, finish: Finish): void {
  const sweepCommand = program
    .command('sweep')
    .description('train a run spec with many values of some fields, and say which are best')
    .argument('<file>', 'JSON or YAML file with the base, the fields that vary and how they are searched');
  addRunOptions(addDataOptions(sweepCommand), { localWorkers: true })
    .option('--table', 'print the table of what is there and end')
    .action(async (file, options) => finish((await import('../commands/sweep.ts')).sweep(file, options)))
    .addHelpText(
      'after',
      `\nThe same file and folder go on where it was: trials that are done are not trained again.\n${examples(
        'shoal sweep rates.yaml',
        'shoal sweep rates.yaml --workers 4 --json',
        'shoal sweep rates.yaml --table',
      )}`,
    );

  const queue = program
    .command('queue')
    .description('show what waits behind the run that goes on, or change it');
  const url = [
    '--url <url>',
    'address of the coordinator (default: this machine, at the port in its folder)',
  ] as const;
  const list = queue.command('list', { isDefault: true }).description('list what waits, the next first');
  addJsonOption(addOutOption(list)).action(async (options) =>
    finish((await import('../commands/queue.ts')).listQueue(options)),
  );
  const move = queue
    .command('move')
    .description('let something wait at another place')
    .argument('<name>', 'name of what waits ("shoal queue" shows them)')
    .argument('<place>', 'its new place, 1 for the next', whole('place', 1, PLACE_MAX))
    .option(...url);
  addJsonOption(addOutOption(move)).action(async (id, place, options) =>
    finish((await import('../commands/queue.ts')).moveQueued(id, place, options)),
  );
  const remove = queue
    .command('remove')
    .description('take something out of the queue')
    .argument('<name>', 'name of what waits')
    .option(...url);
  addJsonOption(addOutOption(remove)).action(async (id, options) =>
    finish((await import('../commands/queue.ts')).removeQueued(id, options)),
  );
  queue.addHelpText(
    'after',
    examples('shoal queue', 'shoal queue move mnist-mlp-20260105-101500-3f2a 1', 'shoal queue remove rates'),
  );
}
