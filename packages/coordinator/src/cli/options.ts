/** The options that several commands share, so that a name means the same everywhere. */
import { LAYERS_MAX } from '@shoal/core';
import { type Command, Option } from 'commander';
import { DEFAULT_ACCESS_SETTINGS } from '../access/accessSettings.ts';
import { readOrigin } from '../access/origins.ts';
import { TrustedProxies } from '../access/trustedProxies.ts';
import { UserError } from '../errors.ts';
import { readLimits } from '../limits/limits.ts';
import { LOCAL_WORKERS_MAX } from '../run/local/localWorkers.ts';
import { readHost, readPublicUrl } from '../server/publicUrl.ts';
import type { ClusterOptions } from './clusterOptions.ts';
import { choice, collect, defaultWorkers, FULL_PACE, readPace, whole } from './values.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What to train. */
export type SpecOptions = {
  readonly preset?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly printConfig?: boolean;
};

/** What a new run begins with. */
export type InitialOptions = {
  /** A run, or a safetensors file. */
  readonly initial?: string;
  readonly initialLayers?: number;
  readonly freeze?: boolean;
};

/** Where the data comes from. */
export type DataOptions = { readonly data?: string; readonly download: boolean };

/** Which run it is, when one command line both starts it and goes on with it. */
export type RunFileOptions = { readonly runFile?: string };

/** How the network is met. */
export type ServingOptions = {
  readonly port?: number;
  readonly host: string;
  readonly publicUrl?: string;
  readonly limit?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly trustProxy?: readonly string[];
  readonly metricsTokenFile?: string;
  readonly openMetrics?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
};

/** How a run is served and shown. */
export type RunOptions = ServingOptions &
  ClusterOptions & {
    readonly out: string;
    readonly workers: number;
    readonly threads: number;
    /** Steps a second; undefined: as many as can. */
    readonly pace?: number | null;
    readonly token?: string;
    readonly tokenFile?: string;
    /** Who invites, in words for those who are invited. */
    readonly by?: string;
    readonly openClassroom?: boolean;
    readonly linkDays: number;
    readonly viewerData: boolean;
    readonly tensorboard: boolean;
    readonly webhook?: readonly string[];
    readonly webhookSecretFile?: string;
    readonly operatorTokenFile?: string;
    readonly open?: boolean;
    readonly json?: boolean;
    readonly verbose?: boolean;
    readonly logLevel: string;
  };

/** @throws UserError for what is no address that can be told something */
function readWebhook(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new UserError(
      '--webhook takes an address that begins with http:// or https://, such as https://lab.example.org/shoal.',
    );
  }
  if (url.username === '' && url.password === '') return url.href;
  throw new UserError(
    '--webhook takes an address without a user and a password: what it is told is signed, and the receiver checks that.',
  );
}

export function addSpecOptions(command: Command): Command {
  return command
    .option('--preset <name>', 'start from a preset ("shoal presets" lists them)')
    .option(
      '--config <file>',
      'read the run spec from a JSON or YAML file; "preset: name" in it names its base',
    )
    .option('--set <field=value>', 'set one field, such as optimizer.lr=0.01; may be repeated', collect)
    .option('--seed <n>', 'the same as --set seed=<n>', whole('--seed', 0, 4_294_967_295))
    .option('--print-config', 'print the run spec that results, with every field, and end');
}

export function addInitialOptions(command: Command): Command {
  return command
    .option('--initial <run|file>', 'begin with the model of a run, or with a safetensors file')
    .option(
      '--initial-layers <n>',
      'take the first n layers of it alone (default: all)',
      whole('--initial-layers', 1, LAYERS_MAX),
    )
    .option('--freeze', 'keep what is trained in these layers as it is');
}

export function addDataOptions(command: Command): Command {
  return command
    .option(
      '--data <path>',
      'folder, archive or file of data: pictures, IDX, .npz, CIFAR, CSV or Parquet (also SHOAL_DATA_DIR)',
    )
    .option('--no-download', 'do not download MNIST when it is not found');
}

export function addRunFileOption(command: Command): Command {
  return command.option(
    '--run-file <file>',
    'remember the run in this file, and go on with the unfinished run that it names',
  );
}

export function addOutOption(command: Command): Command {
  return command.option('--out <dir>', 'folder that holds the runs', 'runs');
}

export function addJsonOption(command: Command): Command {
  return command.option('--json', 'print one JSON object per line and nothing else');
}

export function addServingOptions(command: Command): Command {
  return command
    .option(
      '--port <n>',
      'port to listen on (default: the one used before, or any free one)',
      whole('--port', 0, 65_535),
    )
    .option(
      '--host <address>',
      'address to listen on; 127.0.0.1 keeps others out, :: takes IPv6 too',
      readHost,
      '0.0.0.0',
    )
    .option(
      '--public-url <url>',
      'address by which others reach this machine, for the links; it may have a path',
      (value: string) => {
        const { origin, basePath } = readPublicUrl(value);
        return origin + basePath;
      },
    )
    .option(
      '--limit <name=value>',
      'set a bound on strangers, such as addressConnectionsMax=500; may be repeated',
      (value: string, before?: readonly string[]) => {
        readLimits([value]);
        return collect(value, before);
      },
    )
    .option(
      '--allow-origin <origin>',
      'let pages of this origin connect as well as those of this address; may be repeated',
      (value: string, before: readonly string[] = []) => [...before, readOrigin(value)],
    )
    .addOption(
      new Option(
        '--trust-proxy <addresses>',
        'believe X-Forwarded-For and X-Forwarded-Host of your own proxies: addresses, CIDR ranges, loopback, uniquelocal',
      )
        .env('SHOAL_TRUST_PROXY')
        .argParser((value: string, before: readonly string[] = []) => {
          // An empty variable of the environment is none.
          if (value === '') return before;
          TrustedProxies.read([value]);
          return collect(value, before);
        }),
    )
    .addOption(
      new Option(
        '--metrics-token-file <file>',
        'file with a token that opens /metrics and nothing else, for Prometheus; made when it is not there',
      ).env('SHOAL_METRICS_TOKEN_FILE'),
    )
    .option('--open-metrics', 'requests from this machine itself read /metrics without a token')
    .addOption(
      new Option('--tls-cert <file>', 'serve https with this certificate (PEM, with its chain)').env(
        'SHOAL_TLS_CERT',
      ),
    )
    .addOption(new Option('--tls-key <file>', 'the key of that certificate (PEM)').env('SHOAL_TLS_KEY'));
}

export function addRunOptions(command: Command, options: { readonly localWorkers: boolean }): Command {
  const workers = new Option('--workers <n>', 'workers on this machine, threads of the coordinator')
    .argParser(whole('--workers', 0, LOCAL_WORKERS_MAX))
    .default(options.localWorkers ? defaultWorkers() : 0);
  addServingOptions(addOutOption(command).addOption(workers))
    .option('--threads <n>', 'threads of each local worker', whole('--threads', 1, 256), 1)
    .option(
      '--pace <n>',
      `at most n steps a second, for watching, or ${FULL_PACE}; changes no bit`,
      readPace('--pace'),
    )
    .addOption(
      new Option(
        '--token-file <file>',
        'file that holds the join token (default: a random one); made with a random one when it is not there; "-" for standard input',
      ).env('SHOAL_TOKEN_FILE'),
    )
    .addOption(
      new Option('--token <text>', 'the token itself, which others on this machine can then see').env(
        'SHOAL_TOKEN',
      ),
    )
    .option('--by <text>', 'who invites, and to what: shown to whoever opens the join link, before joining')
    .option('--open-classroom', 'joining needs no token: whoever reaches this address may compute')
    .option(
      '--link-days <n>',
      'days for which links hold',
      whole('--link-days', 1, 3_650),
      DEFAULT_ACCESS_SETTINGS.linkDays,
    )
    .option(
      '--webhook <url>',
      'tell this address when a run ends or diverges, a worker is convicted or none is left; may be repeated',
      (value: string, before: readonly string[] = []) => [...before, readWebhook(value)],
    )
    .addOption(
      new Option(
        '--webhook-secret-file <file>',
        'file with the secret that signs what webhooks are told (also SHOAL_WEBHOOK_SECRET); made when it is not there',
      ).env('SHOAL_WEBHOOK_SECRET_FILE'),
    )
    .option('--no-tensorboard', "write no event files for TensorBoard into the runs' folders")
    .option('--no-viewer-data', 'pages opened by the link to watch show no samples of the data set')
    .addOption(
      new Option(
        '--operator-token-file <file>',
        "read the operator's token from a file (also SHOAL_OPERATOR_TOKEN; default: its own, random)",
      ).env('SHOAL_OPERATOR_TOKEN_FILE'),
    )
    .option('--open', 'open the dashboard in the browser')
    .option('--verbose', 'with --json, print a line for each step as well')
    .option(
      '--log-level <level>',
      `log to stderr: ${LOG_LEVELS.join(', ')}`,
      choice('--log-level', LOG_LEVELS),
      'warn',
    );
  return addJsonOption(command);
}
