/** Commands about runs that are there, and presets for new ones. */
import type { Command } from 'commander';
import { addClusterOptions } from '../clusterOptions.ts';
import { copyRun } from '../commands/copyRun.ts';
import { paceRun } from '../commands/pace.ts';
import { listPresets } from '../commands/presets.ts';
import { listAllRuns, showRun } from '../commands/runs.ts';
import { trustRun } from '../commands/trust.ts';
import { addJsonOption, addOutOption } from '../options.ts';
import { part, whole } from '../values.ts';
import { examples, type Finish } from './parts.ts';

export function addRuns(program: Command, finish: Finish): void {
  const presetsCommand = program.command('presets').description('list the presets in the order of a lecture');
  addJsonOption(presetsCommand).action((options) => finish(listPresets(options)));

  const runs = program.command('runs').description('list the runs in a folder, or show one');
  const list = runs.command('list', { isDefault: true }).description('list the runs, oldest first');
  addJsonOption(addOutOption(list)).action((options) => finish(listAllRuns(options)));
  const show = runs
    .command('show')
    .description('show a run epoch by epoch')
    .argument('<run>', 'name of the run, or the path of its folder');
  addJsonOption(addOutOption(show)).action((run, options) => finish(showRun(run, options)));
  const copy = runs
    .command('copy')
    .description('bring a run out of a cluster into a folder')
    .argument('<run>', 'name of the run');
  addJsonOption(addOutOption(addClusterOptions(copy)))
    .action((run, options) => finish(copyRun(run, options)))
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
    .action((run, options) => finish(trustRun(run, options)))
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
    .action((run, to, options) => finish(paceRun(run, to, options)))
    .addHelpText(
      'after',
      `\nThe operator's secret is taken from the folder of the run.\n${examples(
        'shoal pace mnist-mlp-20260105-101500-3f2a 2',
        'shoal pace mnist-mlp-20260105-101500-3f2a full',
      )}`,
    );
  runs.addHelpText('after', examples('shoal runs', 'shoal runs show mnist-mlp-20260105-101500-3f2a --json'));
}
