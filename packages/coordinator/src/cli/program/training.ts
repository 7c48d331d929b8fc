/** Commands that train, and what there is to know before. */
import { ASSUMED_LINE, ASSUMED_LINK_BITS_PER_SECOND } from '@shoal/core';
import type { Command } from 'commander';
import { addClusterOptions } from '../clusterOptions.ts';
import {
  addDataOptions,
  addInitialOptions,
  addJsonOption,
  addRunFileOption,
  addRunOptions,
  addSpecOptions,
} from '../options.ts';
import { positive, whole } from '../values.ts';
import { examples, type Finish } from './parts.ts';

/** Megabits a second, where nothing else is said. */
const LINE = {
  up: ASSUMED_LINE.upBitsPerSecond / 1e6,
  down: ASSUMED_LINE.downBitsPerSecond / 1e6,
  link: ASSUMED_LINK_BITS_PER_SECOND / 1e6,
};

export function addTraining(program: Command, finish: Finish): void {
  const trainCommand = program
    .command('train')
    .description('start a run: coordinator and local workers in one');
  addClusterOptions(addRunFileOption(addInitialOptions(addSpecOptions(trainCommand))));
  addRunOptions(addDataOptions(trainCommand), { localWorkers: true })
    .action(async (options) => finish((await import('../commands/train.ts')).train(options, 'mnist-mlp')))
    .addHelpText(
      'after',
      examples(
        'shoal train --preset mlp-xor',
        'shoal train --set optimizer.type=momentum --set optimizer.lr=0.05 --workers 4',
        'shoal train --config run.yaml --data ~/fashion-mnist --json',
        'shoal train --preset mnist-cnn --print-config > run.json',
        'shoal train --preset mnist-cnn --data ./letters --initial mnist-cnn-20260105-101500-3f2a --initial-layers 4 --freeze',
      ),
    );

  const serveCommand = program
    .command('serve')
    .description('serve the dashboard; runs are started there, and workers join from elsewhere');
  addClusterOptions(addRunFileOption(addInitialOptions(addSpecOptions(serveCommand))));
  addRunOptions(addDataOptions(serveCommand), { localWorkers: false })
    .action(async (options) => finish((await import('../commands/train.ts')).serve(options)))
    .addHelpText(
      'after',
      `\nWith --preset, --config or --set that run is started at once, and the coordinator ends with it.\n${examples(
        'shoal serve',
        'shoal serve --preset mnist-cnn --port 8080',
        'shoal serve --public-url https://shoal.example.org',
        'shoal serve --cluster nats://10.0.0.5:4222,nats://10.0.0.6:4222,nats://10.0.0.7:4222',
      )}`,
    );

  const exchange = program
    .command('exchange')
    .description('estimate what travels in training, how long it takes over slow lines, and what suits them')
    .option(
      '--remote-workers <n>',
      'workers that share no memory with the coordinator',
      whole('--remote-workers', 1, 10_000),
      8,
    )
    .option('--up <mbit>', 'what the line of each carries up, Mbit/s', positive('--up'), LINE.up)
    .option('--down <mbit>', 'the same down', positive('--down'), LINE.down)
    .option(
      '--bandwidth <mbit>',
      'what the coordinator’s line carries, Mbit/s',
      positive('--bandwidth'),
      LINE.link,
    );
  addJsonOption(addSpecOptions(exchange))
    .action(async (options) => finish((await import('../commands/exchange.ts')).tellExchanges(options)))
    .addHelpText(
      'after',
      examples(
        'shoal exchange --preset mnist-cnn --up 1 --down 10',
        'shoal exchange --config run.yaml --remote-workers 30 --json',
      ),
    );

  const lectureCommand = program
    .command('lecture')
    .description(
      'hold the lecture: its scenes in the browser, with workers on this machine and those who join',
    );
  addRunOptions(addDataOptions(addRunFileOption(lectureCommand)), { localWorkers: true })
    .option('--no-show', 'print the address of the lecture and open no browser')
    .action(async (options) => finish((await import('../commands/lecture.ts')).lecture(options)))
    .addHelpText('after', examples('shoal lecture', 'shoal lecture --no-show --host 127.0.0.1'));

  const resumeCommand = program
    .command('resume')
    .description('go on with a run that was stopped or whose coordinator died')
    .argument('<run>', 'name of the run ("shoal runs list" shows them), or the path of its folder');
  addRunOptions(addDataOptions(resumeCommand), { localWorkers: true })
    .action(async (run, options) => finish((await import('../commands/resume.ts')).resume(run, options)))
    .addHelpText('after', examples('shoal resume mnist-mlp-20260105-101500-3f2a --workers 4'));
}
