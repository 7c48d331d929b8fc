/** The commands and options of `shoal`. Each command's work stands in a file of its own under `commands/`. */
import { ASSUMED_LINE, ASSUMED_LINK_BITS_PER_SECOND, ENGINE_NAMES } from '@shoal/core';
import { Command, CommanderError, Option } from 'commander';
import { CARRIERS } from '../bench/clusterBench.ts';
import { readPublicUrl } from '../server/publicUrl.ts';
import { err, out } from '../terminal/terminal.ts';
import { packageVersion } from '../version.ts';
import { addClusterOptions } from './clusterOptions.ts';
import { benchClusters, benchEngine } from './commands/bench.ts';
import { copyRun } from './commands/copyRun.ts';
import { doctor } from './commands/doctor.ts';
import { evaluate } from './commands/evaluate.ts';
import { tellExchanges } from './commands/exchange.ts';
import { EXPORT_FORMATS, exportRun } from './commands/exportModel.ts';
import { gateway } from './commands/gateway.ts';
import { lecture } from './commands/lecture.ts';
import { LINK_ROLES, printLink } from './commands/link.ts';
import { predict } from './commands/predict.ts';
import { listPresets } from './commands/presets.ts';
import { resume } from './commands/resume.ts';
import { listAllRuns, showRun } from './commands/runs.ts';
import { selftest } from './commands/selftest.ts';
import { serve, train } from './commands/train.ts';
import { trustRun } from './commands/trust.ts';
import { work } from './commands/worker.ts';
import {
  addDataOptions,
  addJsonOption,
  addOutOption,
  addRunFileOption,
  addRunOptions,
  addServingOptions,
  addSpecOptions,
} from './options.ts';
import { usageError } from './usage.ts';
import { choice, collect, part, positive, whole, wholeList } from './values.ts';

const WORDS_ARE_SEEN =
  'Whoever can list the processes of this machine sees the words of a command, and a shell remembers them. A link or a\n' +
  'token is kept from both by standard input or a file.';

/** Megabits a second, where nothing else is said. */
const LINE = {
  up: ASSUMED_LINE.upBitsPerSecond / 1e6,
  down: ASSUMED_LINE.downBitsPerSecond / 1e6,
  link: ASSUMED_LINK_BITS_PER_SECOND / 1e6,
};

/** Where Commander's own results end up: every command sets its exit code here. */
type Finish = (code: Promise<number> | number) => Promise<void>;

/** Runs one command line. @returns the exit code @throws UserError and its kin for wrong usage */
export async function runCommand(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = buildProgram(async (result) => {
    code = await result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for and the version have been printed; help in place of a missing command is an error.
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return 0;
    if (error.code === 'commander.help') return args.includes('help') ? 0 : 2;
    throw usageError(error, program, args);
  }
  return code;
}

function buildProgram(finish: Finish): Command {
  const program = new Command('shoal')
    .description('Train neural networks on whatever computers are in the room.')
    .version(packageVersion(), '--version', 'print the version')
    .exitOverride()
    // Errors become sentences of our own; help that stands in for a missing command still shows.
    .configureOutput({
      writeOut: (text) => out.text(text),
      writeErr: (text) => err.text(text),
      outputError: () => {},
    })
    .showSuggestionAfterError(false)
    .addHelpText(
      'after',
      examples(
        'shoal train                                  mnist-mlp with two local workers',
        'shoal train --preset mnist-cnn --set epochs=3',
        'shoal lecture                                the whole chapter, live, in the browser',
        'shoal worker -                               compute for another machine: asks for the join link',
        'shoal presets                                what else there is to train',
      ),
    );
  addTraining(program, finish);
  addRuns(program, finish);
  addModels(program, finish);
  addMachine(program, finish);
  return program;
}

function addTraining(program: Command, finish: Finish): void {
  const trainCommand = program
    .command('train')
    .description('start a run: coordinator and local workers in one');
  addClusterOptions(addRunFileOption(addSpecOptions(trainCommand)));
  addRunOptions(addDataOptions(trainCommand), { localWorkers: true })
    .action((options) => finish(train(options, 'mnist-mlp')))
    .addHelpText(
      'after',
      examples(
        'shoal train --preset mlp-xor',
        'shoal train --set optimizer.type=momentum --set optimizer.lr=0.05 --workers 4',
        'shoal train --config run.yaml --data ~/fashion-mnist --json',
        'shoal train --preset mnist-cnn --print-config > run.json',
      ),
    );

  const serveCommand = program
    .command('serve')
    .description('serve the dashboard; runs are started there, and workers join from elsewhere');
  addClusterOptions(addRunFileOption(addSpecOptions(serveCommand)));
  addRunOptions(addDataOptions(serveCommand), { localWorkers: false })
    .action((options) => finish(serve(options)))
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
    .action((options) => finish(tellExchanges(options)))
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
    .action((options) => finish(lecture(options)))
    .addHelpText('after', examples('shoal lecture', 'shoal lecture --no-show --host 127.0.0.1'));

  const worker = program
    .command('worker')
    .description('compute for a coordinator')
    .argument(
      '[link]',
      'the join link that the coordinator printed; "-" reads it from standard input, or asks for it',
    )
    .option('--link-file <file>', 'file that holds the join link')
    .option(
      '--threads <n>',
      'threads to compute with (default: all; one for a graphics processor)',
      whole('--threads', 1, 1024),
    )
    .addOption(
      new Option(
        '--token-file <file>',
        'file that holds the join token, when the link has none; "-" for standard input',
      ).env('SHOAL_TOKEN_FILE'),
    )
    .addOption(
      new Option('--token <text>', 'the token itself, which others on this machine can then see').env(
        'SHOAL_TOKEN',
      ),
    )
    .addOption(
      new Option(
        '--status-file <file>',
        'rewrite this file every second with what the worker does, for a health check',
      ).env('SHOAL_STATUS_FILE'),
    )
    .option(
      '--memory <mebibytes>',
      'what a coordinator may make this worker hold: model, data set and leases (default: half of the memory here)',
      whole('--memory', 16, 1_048_576),
    )
    .addOption(
      new Option(
        '--engine <name>',
        'the one engine to compute with (default: the fastest of the processor)',
      ).choices(ENGINE_NAMES.filter((name) => name !== 'reference')),
    )
    .option(
      '--device <name>',
      'with --engine webgpu: which graphics processor, by a part of its name or its number',
    )
    .option('--name <name>', 'how others see this worker (default: "worker-" and four random characters)');
  addJsonOption(worker)
    .action((link, options) => finish(work(link, options)))
    .addHelpText(
      'after',
      `\n${WORDS_ARE_SEEN}\n${examples(
        'shoal worker -                               asks for the link',
        'shoal worker - < link.txt',
        'shoal worker --link-file link.txt --threads 2',
        'shoal worker --link-file link.txt --engine webgpu',
        'shoal worker http://192.168.1.20:7465/join#TOKEN',
      )}`,
    );

  const gatewayCommand = program
    .command('gateway')
    .description('let others compute for a coordinator by way of this machine')
    .argument(
      '[link]',
      'the link for gateways ("shoal link gateway" prints it); "-" reads it from standard input, or asks for it',
    )
    .option('--link-file <file>', 'file that holds the link')
    .addOption(new Option('--token-file <file>', 'file that holds the token, when the link has none'))
    .addOption(new Option('--token <text>', 'the token itself, which others on this machine can then see'))
    .addOption(
      new Option('--status-file <file>', 'rewrite this file every second, for a health check').env(
        'SHOAL_STATUS_FILE',
      ),
    )
    .option(
      '--memory <mebibytes>',
      'what it may hold: parameters, sums and data blocks (default: half of the memory here)',
      whole('--memory', 16, 1_048_576),
    )
    .option(
      '--other-address <url>',
      'where workers may go when this gateway is gone, beside the coordinator; may be repeated',
      (value: string, before: readonly string[] = []) => {
        const { origin, basePath } = readPublicUrl(value, '--other-address');
        return [...before, origin + basePath];
      },
    )
    .option('--name <name>', 'how others see this gateway (default: "gateway-" and four random characters)');
  addJsonOption(addServingOptions(gatewayCommand))
    .action((link, options) => finish(gateway(link, options)))
    .addHelpText(
      'after',
      `\n${WORDS_ARE_SEEN}\n${examples(
        'shoal gateway -                              asks for the link',
        'shoal gateway --link-file link.txt --port 7466',
        'shoal gateway --link-file link.txt --public-url https://europe.example.org',
      )}`,
    );

  const linkCommand = program
    .command('link')
    .description('print a link of a coordinator that runs on this machine')
    .argument('<role>', `whom it lets in: ${LINK_ROLES.join(', ')}`)
    .argument('[run]', 'name of the run; without one, of a coordinator that waits for runs ("shoal serve")')
    .option('--url <url>', 'address of the coordinator (default: this machine, at the port in its folder)');
  addJsonOption(addOutOption(linkCommand))
    .action((role, run, options) => finish(printLink(role, run, options)))
    .addHelpText(
      'after',
      examples('shoal link gateway', 'shoal link gateway mnist-cnn-20260105-101500-3f2a'),
    );

  const resumeCommand = program
    .command('resume')
    .description('go on with a run that was stopped or whose coordinator died')
    .argument('<run>', 'name of the run ("shoal runs list" shows them), or the path of its folder');
  addRunOptions(addDataOptions(resumeCommand), { localWorkers: true })
    .action((run, options) => finish(resume(run, options)))
    .addHelpText('after', examples('shoal resume mnist-mlp-20260105-101500-3f2a --workers 4'));
}

function addRuns(program: Command, finish: Finish): void {
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
  runs.addHelpText('after', examples('shoal runs', 'shoal runs show mnist-mlp-20260105-101500-3f2a --json'));
}

function addModels(program: Command, finish: Finish): void {
  const evaluateCommand = program
    .command('evaluate')
    .description('accuracy and loss of a trained model on the test set, or of several and of their vote')
    .argument('<model...>', 'names of runs, paths of their folders, or safetensors files')
    .option(
      '--other-data',
      'evaluate on the data set that is found, also when the model was trained on another',
    );
  addJsonOption(addOutOption(addDataOptions(evaluateCommand)))
    .action((models, options) => finish(evaluate(models, options)))
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
    .argument('<file...>', 'pictures, folders or .zip archives of them, CSV, TSV, Parquet or .npy files')
    .option('--top <n>', 'so many classes, the most probable first', whole('--top', 1, 256), 3);
  addJsonOption(addOutOption(predictCommand))
    .action((model, files, options) => finish(predict(model, files, options)))
    .addHelpText(
      'after',
      examples(
        'shoal predict mnist-cnn-20260105-101500-3f2a seven.png',
        'shoal predict houses-20260105-101500-3f2a new-houses.csv --json',
      ),
    );

  const exportCommand = program
    .command('export')
    .description("write a run's model in a format that other tools read")
    .argument('<run>', 'name of a run, the path of its folder, or a safetensors file')
    .argument('<file>', 'file to write, or the folder for pytorch and web')
    .option(
      '--format <format>',
      `${EXPORT_FORMATS.join(', ')} (default: what the file's name ends in)`,
      choice('--format', EXPORT_FORMATS),
    )
    .option('--prepare', 'onnx: take pixels as bytes, or the columns of a table, and prepare them inside');
  addJsonOption(addOutOption(exportCommand))
    .action((run, file, options) => finish(exportRun(run, file, options)))
    .addHelpText(
      'after',
      examples(
        'shoal export mnist-cnn-20260105-101500-3f2a digits.safetensors',
        'shoal export mnist-cnn-20260105-101500-3f2a digits.onnx --prepare',
        'shoal export mnist-cnn-20260105-101500-3f2a digits --format pytorch',
        'shoal export mnist-cnn-20260105-101500-3f2a page --format web    open page/index.html',
      ),
    );
}

function addMachine(program: Command, finish: Finish): void {
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
    .option('--microbatch <list>', 'sizes, such as 32,64', wholeList('--microbatch', 1, 16_384), [64])
    .option('--threads <list>', 'numbers of threads, such as 1,2', wholeList('--threads', 1, 256), [1])
    .addOption(seconds().default(4));
  addJsonOption(engineCommand).action((options) => finish(benchEngine(options)));
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
  addJsonOption(clusterCommand).action((options) => finish(benchClusters(options)));
  bench.addHelpText(
    'after',
    examples('shoal bench engine --json', 'shoal bench cluster --model mnist-cnn --workers 1,2,4'),
  );

  const selftestCommand = program
    .command('selftest')
    .description("hold this machine's engines against reference values")
    .option('--reference <file>', 'file of reference values')
    .option('--engine <name>', 'only this engine');
  addJsonOption(selftestCommand).action((options) => finish(selftest(options)));

  const doctorCommand = program
    .command('doctor')
    .description('what this machine offers: SIMD, threads, data set, BLAS, browser, docker')
    .option('--data <dir>', 'folder to look for the data set in');
  addJsonOption(doctorCommand).action((options) => finish(doctor(options)));
}

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  npx --no ${line}`).join('\n')}\n`;
