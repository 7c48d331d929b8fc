/** What a test of a cluster in containers stands on: a network and volumes of its own, and the data set to train on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/cluster.ts';
import { type Line, ShoalProcess } from '../../support/shoalProcess.ts';
import { ignoreAbsent, LABEL } from './session.ts';
import { engine, ShoalContainer } from './shoalContainer.ts';

/** The folder with the four files of MNIST; null where there are none, and the built-in digits take their place. */
export const mnist: string | null = mnistFolder(process.env.SHOAL_DATA_DIR ?? '');

function mnistFolder(folder: string): string | null {
  const labels = ['train-labels-idx1-ubyte', 'train-labels-idx1-ubyte.gz'];
  return folder !== '' && labels.some((name) => existsSync(join(folder, name))) ? folder : null;
}

let made = 0;

export class Stage {
  /** Names on the engine. */
  readonly network: string;
  readonly runs: string;
  readonly join: string;
  readonly #spec: readonly string[];

  private constructor(spec: readonly string[], network: string, runs: string, join: string) {
    this.network = network;
    this.runs = runs;
    this.join = join;
    this.#spec = spec;
  }

  /** `spec`: the words of the command line that say what to train. */
  static async set(spec: readonly string[]): Promise<Stage> {
    return new Stage(spec, await network(), await volume('runs'), await volume('join'));
  }

  /** The same run without Docker: what every cluster must reach. */
  async outside(): Promise<Line> {
    const words = ['train', ...this.#spec, '--no-download', '--workers', '1', '--port', '0', '--json'];
    const data = mnist === null ? [] : ['--data', mnist];
    const run = ShoalProcess.start([...words, ...data, '--out', await temporaryFolder()]);
    return run.result();
  }

  /** A coordinator as the compose file has it, on another volume or none if need be, telling its lines as JSON. */
  coordinator(
    options: { readonly runs?: string | null; readonly published?: boolean } = {},
  ): Promise<ShoalContainer> {
    const { runs = this.runs, published = false } = options;
    return ShoalContainer.start({
      image: 'coordinator',
      name: 'coordinator',
      args: [
        ...['serve', ...this.#spec, '--no-download', '--out=/runs', '--run-file=/join/run'],
        ...['--token-file=/join/token', '--port=7465', '--json', '--verbose'],
      ],
      network: this.network,
      published,
      mounts: {
        ...(runs !== null && { [runs]: '/runs' }),
        [this.join]: '/join',
        ...(mnist !== null && { [mnist]: '/data:ro' }),
      },
    });
  }

  worker(
    name: string,
    options: { readonly cpus?: number; readonly url?: string } = {},
  ): Promise<ShoalContainer> {
    const { cpus, url = 'http://coordinator:7465' } = options;
    return ShoalContainer.start({
      image: 'worker',
      name,
      args: [url, '--threads=1', '--token-file=/join/token', `--name=${name}`, '--json'],
      network: this.network,
      mounts: { [this.join]: '/join:ro' },
      ...(cpus !== undefined && { cpus }),
    });
  }
}

/** A volume that is gone when the test is over. @returns its name */
export async function volume(purpose: string): Promise<string> {
  const { name, labels } = own(purpose);
  const docker = await engine();
  await docker.createVolume({ Name: name, Labels: labels });
  onTestFinished(() => ignoreAbsent(docker.getVolume(name).remove()));
  return name;
}

/** A network that is gone when the test is over. @returns its name */
export async function network(): Promise<string> {
  const { name, labels } = own('network');
  const docker = await engine();
  await docker.createNetwork({ Name: name, Labels: labels });
  onTestFinished(() => ignoreAbsent(docker.getNetwork(name).remove()));
  return name;
}

function own(purpose: string): { readonly name: string; readonly labels: Record<string, string> } {
  made += 1;
  const session = inject('dockerSession') ?? '';
  return { name: `shoal-test-${session}-${process.pid}-${purpose}-${made}`, labels: { [LABEL]: session } };
}
