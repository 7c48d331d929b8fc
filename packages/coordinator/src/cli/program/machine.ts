/** Commands about this machine. */
import { type Command, Option } from 'commander';
import { CARRIERS } from '../../bench/carriers.ts';
import { addJsonOption } from '../options.ts';
import { collect, whole, wholeList } from '../values.ts';
import { examples, type Finish } from './parts.ts';

/** More than the memory of most engines holds; a large graphics card has use for it. */
const MICROBATCH_MAX = 16_384;

export function addMachine(program: Command, finish: Finish): void {
  const bench = program.command('bench').description("measure this machine's speed");
  const seconds = () =>
    new Option('--seconds <n>', 'time for each measurement').argParser(whole('--seconds', 1, 3600));
  const model = () =>
    new Option(
      '--model <preset>',
      'model of a preset; may be repeated (default: mnist-mlp, mnist-cnn)',
    ).argParser(collect);
  const engineCommand = bench
    .command('engine')
    .description('samples per second of the engines')
    .addOption(model())
    .option('--engine <name>', 'only this engine')
    .option('--microbatch <list>', 'sizes, such as 32,64', wholeList('--microbatch', 1, MICROBATCH_MAX), [64])
    .option('--threads <list>', 'numbers of threads, such as 1,2', wholeList('--threads', 1, 256), [1])
    .addOption(seconds().default(4));
  addJsonOption(engineCommand).action(async (options) =>
    finish((await import('../commands/bench.ts')).benchEngine(options)),
  );
  const clusterCommand = bench
    .command('cluster')
    .description('samples per second of a coordinator with workers, and of the engines alone')
    .addOption(model())
    .option('--workers <list>', 'numbers of workers', wholeList('--workers', 1, 256), [1, 2])
    .addOption(
      new Option(
        '--carrier <name>',
        'only workers that share memory with the coordinator, or only processes with sockets',
      ).choices(CARRIERS),
    )
    .option('--rounds <n>', 'measurements of each in turns', whole('--rounds', 1, 1000), 3)
    .option('--batch <n>', 'samples per step (default: as in the preset)', whole('--batch', 1, 1_048_576))
    .addOption(seconds().default(4));
  addJsonOption(clusterCommand).action(async (options) =>
    finish((await import('../commands/bench.ts')).benchClusters(options)),
  );
  bench.addHelpText(
    'after',
    examples('shoal bench engine --json', 'shoal bench cluster --model mnist-cnn --workers 1,2,4'),
  );

  const selftestCommand = program
    .command('selftest')
    .description("hold this machine's engines against reference values")
    .option('--reference <file>', 'file of reference values')
    .option('--engine <name>', 'only this engine');
  addJsonOption(selftestCommand).action(async (options) =>
    finish((await import('../commands/selftest.ts')).selftest(options)),
  );

  const doctorCommand = program
    .command('doctor')
    .description('what this machine offers: SIMD, threads, data set, BLAS, browser, docker')
    .option('--data <dir>', 'folder to look for the data set in');
  addJsonOption(doctorCommand).action(async (options) =>
    finish((await import('../commands/doctor.ts')).doctor(options)),
  );
}
