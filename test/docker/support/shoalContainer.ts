/**
 * One container of the images under test, sealed as the compose file seals it: read-only root, no capabilities, no new
 * privileges. Its lines and its end can be awaited, and it is gone when its test is over.
 */
import { PassThrough } from 'node:stream';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import { inject, onTestFinished } from 'vitest';
import { type ImageName, imageOf } from './images.ts';
import { JsonLines } from './jsonLines.ts';
import { ignoreAbsent, LABEL } from './session.ts';

/** Small periods, so that a slow container is slow evenly and does not stand still in between. */
const CPU_PERIOD_US = 25_000;
const PAUSE_ATTEMPTS_MAX = 20;
const PORT = 7465;

export type ContainerOptions = {
  readonly image: ImageName;
  readonly args: readonly string[];
  /** Name of the network. */
  readonly network: string;
  /** Its name on the network, and the hostname. */
  readonly name: string;
  /** `volume or absolute path → path inside`, read-only with `:ro` at the end. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Processors, such as 0.25. */
  readonly cpus?: number;
  /** Makes the port reachable from the test. */
  readonly published?: boolean;
};

class SealedContainer extends GenericContainer {
  constructor(options: ContainerOptions, session: string) {
    super(imageOf(options.image));
    const { args, network, name, mounts = {}, environment = {}, published = false } = options;
    this.withCommand([...args])
      .withNetworkMode(network)
      .withNetworkAliases(name)
      .withHostname(name)
      .withLabels({ [LABEL]: session })
      .withEnvironment(environment)
      .withTmpFs({ '/tmp': 'rw' })
      .withDroppedCapabilities('ALL')
      .withSecurityOpt('no-new-privileges:true')
      .withExtraHosts([{ host: 'test-host', ipAddress: 'host-gateway' }])
      .withBindMounts(
        Object.entries(mounts).map(([source, place]) => {
          const [target = '', mode] = place.split(':');
          return { source, target, mode: mode === 'ro' ? 'ro' : 'rw' };
        }),
      )
      .withAutoRemove(false)
      // Whether it has come up is for each test to wait for, line by line.
      .withWaitStrategy(Wait.forLogMessage(/(?:)/));
    if (published) this.withExposedPorts(PORT);
    this.hostConfig.ReadonlyRootfs = true;
    if (options.cpus !== undefined) Object.assign(this.hostConfig, quota(options.cpus));
  }
}

const quota = (cpus: number) => ({
  CpuPeriod: CPU_PERIOD_US,
  CpuQuota: Math.round(cpus * CPU_PERIOD_US),
});

/** The engine's own interface, for what testcontainers has no word for. */
export const engine = async () => (await getContainerRuntimeClient()).container.dockerode;

export class ShoalContainer {
  readonly id: string;
  readonly name: string;
  readonly output: JsonLines;
  /** Where the coordinator answers this test; null for what was not published. */
  readonly origin: string | null;
  readonly #network: string;

  private constructor(options: ContainerOptions, id: string, origin: string | null) {
    this.id = id;
    this.name = options.name;
    this.origin = origin;
    this.#network = options.network;
    this.output = new JsonLines(options.name);
  }

  static async start(options: ContainerOptions): Promise<ShoalContainer> {
    const started = await new SealedContainer(options, inject('dockerSession') ?? '').start();
    const id = started.getId();
    onTestFinished(async () => {
      await ignoreAbsent((await engine()).getContainer(id).remove({ force: true, v: true }));
    });
    const origin = options.published ? `${started.getHost()}:${started.getMappedPort(PORT)}` : null;
    const container = new ShoalContainer(options, id, origin);
    await container.#follow();
    return container;
  }

  async #follow(since?: number): Promise<void> {
    const docker = await engine();
    const raw = await docker.getContainer(this.id).logs({
      follow: true,
      stdout: true,
      stderr: true,
      timestamps: true,
      ...(since !== undefined && { since }),
    });
    const stream = new PassThrough();
    docker.modem.demuxStream(raw, stream, stream);
    // A container that is removed breaks off its log.
    raw.on('error', () => stream.end());
    raw.on('end', () => stream.end());
    this.output.follow(stream);
  }

  async kill(signal = 'SIGKILL'): Promise<void> {
    await (await this.#own()).kill({ signal });
  }

  /** Asks it to end, and kills it when it has not after `seconds`. */
  async stop(seconds: number): Promise<void> {
    await (await this.#own()).stop({ t: seconds });
  }

  /** Starts the ended container again: the same command line, the same volumes. */
  async again(): Promise<void> {
    const own = await this.#own();
    const { State: state } = await own.inspect();
    await own.start();
    await this.#follow(Date.parse(state.FinishedAt) / 1000);
  }

  /** A process that waits for its share of a busy processor cannot be frozen at once; the engine gives up, and is asked again. */
  async pause(): Promise<void> {
    const own = await this.#own();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await own.pause();
        return;
      } catch (error) {
        if (attempt === PAUSE_ATTEMPTS_MAX || !/unable to freeze/.test(String(error))) throw error;
      }
    }
  }

  async unpause(): Promise<void> {
    await (await this.#own()).unpause();
  }

  async disconnect(): Promise<void> {
    const network = (await engine()).getNetwork(this.#network);
    await network.disconnect({ Container: this.id });
  }

  async connect(): Promise<void> {
    const network = (await engine()).getNetwork(this.#network);
    await network.connect({ Container: this.id, EndpointConfig: { Aliases: [this.name] } });
  }

  async setCpus(cpus: number): Promise<void> {
    await (await this.#own()).update(quota(cpus));
  }

  /** Waits for its end. @returns the exit code */
  async ended(): Promise<number> {
    const { StatusCode: code } = await (await this.#own()).wait();
    return code;
  }

  async health(): Promise<string> {
    const { State: state } = await (await this.#own()).inspect();
    return state.Health?.Status ?? 'none';
  }

  /** Runs a command inside. */
  async exec(...command: string[]): Promise<{ readonly code: number; readonly output: string }> {
    const client = await getContainerRuntimeClient();
    const { exitCode, output } = await client.container.exec(client.container.getById(this.id), command);
    return { code: exitCode, output };
  }

  async #own() {
    return (await engine()).getContainer(this.id);
  }
}
