/** Commands about runs that are there, and presets for new ones. */
import {
  isRunFigure,
  RUN_ENDS,
  RUN_FIGURE_NAMES,
  RUN_FIGURES,
  type RunFigure,
  runFieldOf,
} from '@shoal/core';
import { type Command, Option } from 'commander';
import { addClusterOptions } from '../clusterOptions.ts';
import { addJsonOption, addOutOption } from '../options.ts';
import { choice, collect, part, whole } from '../values.ts';
import { examples, type Finish } from './parts.ts';

export function addRuns(program: Command, finish: Finish): void {
  const presetsCommand = program.command('presets').description('list the presets in the order of a lecture');
  addJsonOption(presetsCommand).action(async (options) =>
    finish((await import('../commands/presets.ts')).listPresets(options)),
  );

  const runs = program
    .command('runs')
    .description('list the runs in a folder, show, label, archive or delete them');
  addList(runs, finish);
  const show = runs
    .command('show')
    .description('show a run epoch by epoch')
    .argument('<run>', 'name of the run, or the path of its folder');
  addJsonOption(addOutOption(show)).action(async (run, options) =>
    finish((await import('../commands/runs.ts')).showRun(run, options)),
  );
  const copy = runs
    .command('copy')
    .description('bring a run out of a cluster into a folder')
    .argument('<run>', 'name of the run');
  addJsonOption(addOutOption(addClusterOptions(copy)))
    .action(async (run, options) => finish((await import('../commands/copyRun.ts')).copyRun(run, options)))
    .addHelpText(
      'after',
      examples('shoal runs copy mnist-mlp-20260105-101500-3f2a --cluster nats://10.0.0.5:4222'),
    );
  const trust = program
    .command('trust')
    .description('show how the workers of a run that goes on are checked, or change it')
    .argument('<run>', 'name of the run')
    .option(
      '--spot-check <part>',
      'part of the leases that is computed a second time, such as 0.05; 0 = none',
      part('--spot-check'),
    )
    .option(
      '--quorum <n>',
      'unrelated workers that must agree before an answer counts',
      whole('--quorum', 1, 16),
    )
    .option('--url <url>', 'address of its coordinator (default: this machine, at the port in its folder)');
  addJsonOption(addOutOption(trust))
    .action(async (run, options) => finish((await import('../commands/trust.ts')).trustRun(run, options)))
    .addHelpText(
      'after',
      `\nThe operator's secret is taken from the folder of the run.\n${examples(
        'shoal trust mnist-mlp-20260105-101500-3f2a',
        'shoal trust mnist-mlp-20260105-101500-3f2a --spot-check 0.1 --quorum 2',
      )}`,
    );
  const pace = program
    .command('pace')
    .description('slow a run that goes on down for watching, which changes none of its bits')
    .argument('<run>', 'name of the run')
    .argument(
      '[pace]',
      'steps a second, such as 2 or 0.5; full; or step, which pauses it and does one step (default: show the pace)',
    )
    .option('--url <url>', 'address of its coordinator (default: this machine, at the port in its folder)');
  addJsonOption(addOutOption(pace))
    .action(async (run, to, options) =>
      finish((await import('../commands/pace.ts')).paceRun(run, to, options)),
    )
    .addHelpText(
      'after',
      `\nThe operator's secret is taken from the folder of the run.\n${examples(
        'shoal pace mnist-mlp-20260105-101500-3f2a 2',
        'shoal pace mnist-mlp-20260105-101500-3f2a full',
      )}`,
    );
  addChanges(runs, finish);
  runs.addHelpText(
    'after',
    examples(
      'shoal runs',
      'shoal runs --sort accuracy --search "adam epochs>5" --limit 10',
      'shoal runs show mnist-mlp-20260105-101500-3f2a --json',
    ),
  );
}

function addList(runs: Command, finish: Finish): void {
  const list = runs
    .command('list', { isDefault: true })
    .description('list the runs, oldest first')
    .option(
      '--search <words>',
      'those that have all of these words in name, tags, notes, data or model; a word may compare: "accuracy>0.98 optimizer.type=adam"',
    )
    .option('--tag <tag>', 'those with this tag; may be given again for another', collect)
    .addOption(
      new Option('--state <state>', 'those that are in this state; may be given again for another')
        .choices([...RUN_ENDS])
        .argParser((value, before?: readonly string[]) =>
          collect(choice('--state', RUN_ENDS)(value), before),
        ),
    )
    .option('--data <name>', 'those trained on this data set; may be given again for another', collect)
    .option('--archived', 'those that were archived as well')
    .option(
      '--sort <field>',
      'the best first by a figure (accuracy, loss, validation, seconds, bytes …), or by any field of a run or its spec (name, ended, optimizer.lr)',
    )
    .option('--reverse', 'the other way round')
    .option('--best <figure>', 'name the best of them by this figure as well', figure)
    .option('--limit <n>', 'so many at most', whole('--limit', 1, 1_000_000));
  addJsonOption(addOutOption(addClusterOptions(list))).action(async (options) =>
    finish((await import('../commands/listRuns.ts')).listAllRuns(options)),
  );
}

function figure(name: string): RunFigure {
  const found = runFieldOf(name);
  if (isRunFigure(found) && RUN_FIGURES[found].better !== null) return found;
  const known = RUN_FIGURE_NAMES.filter((one) => RUN_FIGURES[one].better !== null);
  return choice('--best', known)(name) as RunFigure;
}

function addChanges(runs: Command, finish: Finish): void {
  const run = 'name of the run, or the path of its folder';
  const label = runs
    .command('label')
    .description('show what people say of a run, or change it: its name, tags and notes')
    .argument('<run>', run)
    .option('--name <name>', 'what it is called; an empty one gives back that of its spec')
    .option('--tag <tag>', 'add a tag; may be given again for another', collect)
    .option('--untag <tag>', 'take a tag away; may be given again for another', collect)
    .option('--note <text>', 'notes, in place of those that were there');
  addJsonOption(addOutOption(label))
    .action(async (name, options) =>
      finish((await import('../commands/changeRuns.ts')).labelRun(name, options)),
    )
    .addHelpText(
      'after',
      examples('shoal runs label mnist-mlp-20260105-101500-3f2a --tag good --note "first with dropout"'),
    );
  const sure = '--yes';
  const archive = runs
    .command('archive')
    .description('leave runs out of lists')
    .argument('<run...>', run)
    .option(sure, 'without asking first');
  addJsonOption(addOutOption(archive)).action(async (names, options) =>
    finish((await import('../commands/changeRuns.ts')).archiveRuns(names, options)),
  );
  const unarchive = runs
    .command('unarchive')
    .description('take archived runs into lists again')
    .argument('<run...>', run);
  addJsonOption(addOutOption(unarchive)).action(async (names, options) =>
    finish((await import('../commands/changeRuns.ts')).unarchiveRuns(names, options)),
  );
  const remove = runs
    .command('delete')
    .description('delete runs for good, with their models; never one that goes on')
    .argument('<run...>', run)
    .option(sure, 'without asking first');
  addJsonOption(addOutOption(remove)).action(async (names, options) =>
    finish((await import('../commands/changeRuns.ts')).deleteRuns(names, options)),
  );
}
