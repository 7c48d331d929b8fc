/**
 * The worker of a tab: one session after another, as its page asks, and what the page is shown of it. The sessions are
 * the same as in Node.js. To pause is to leave in good order, so that nobody waits for what this tab holds.
 */
import {
  type ByeName,
  DEFAULT_LIMITS,
  type EngineName,
  type FactOf,
  KERNEL_BUILD,
  type LeaveFact,
  unreachable,
  type Welcome,
} from '@shoal/core';
import { blockFetcher } from '../blockLoader.ts';
import { fetchBlock } from '../httpBlocks.ts';
import { WORKER_LIMITS } from '../limits.ts';
import { WorkerSession } from '../session/session.ts';
import type { ChannelFactory } from '../shell/channel.ts';
import { type SessionOutcome, SessionShell } from '../shell/sessionShell.ts';
import { ClockGap } from './clockGap.ts';
import { type FoundGpu, GpuChoice } from './gpuChoice.ts';
import type { HubCommand, HubPhase, HubView, JoinCommand } from './hubMessages.ts';
import { HubState } from './hubState.ts';
import { limitUnder } from './throttle.ts';
import { type SpawnSlot, WebSlots } from './webSlot.ts';

/** Between two looks for the next run, when the last one has sent everybody home. */
const LOOK_AGAIN_MS = 3_000;
/** A coordinator tells a tab once a second how the run stands: silence of so long is shown … */
const SILENT_MS = 3_500;
/** … and sooner where the browser says that there is no network. */
const SILENT_OFFLINE_MS = 1_500;

/** With these the tab's own token holds no longer, whatever comes then. */
const ENDS_CREDENTIALS: ReadonlySet<ByeName> = new Set(['removed', 'revoked']);

export type HubOptions = {
  readonly engines: readonly EngineName[];
  /** Starts one of several slots. */
  readonly spawn: SpawnSlot;
  /** Starts the only slot of a tab with one thread. */
  readonly spawnOnly: SpawnSlot;
  /** The graphics processor that this browser offers; asked once, when somebody joins. */
  readonly findGpu: () => Promise<FoundGpu | null>;
  readonly openChannel: ChannelFactory;
  /** Bytes of a block that came over the network; 0 when the browser had it. */
  readonly bytesOfBlock: (sha256: string, length: number) => number;
  readonly show: (view: HubView) => void;
  /** What a coordinator may make this tab hold, in bytes. */
  readonly memoryBytesMax: number;
  /** The tab's own token, to come back with; null when it holds no longer. */
  readonly keepCredential: (credential: string | null) => void;
};

export class Hub {
  readonly #options: HubOptions;
  readonly #state = new HubState();
  readonly #gap = new ClockGap();
  readonly #gpu = new GpuChoice();
  #gpuAsked: Promise<void> | null = null;
  #joined: JoinCommand | null = null;
  /** What the person wants: `wait` is to work on whatever run there is or will be; `over` when a session has ended in a way that calls for a decision. */
  #wish: 'work' | 'wait' | 'pause' | 'leave' | 'over' = 'leave';
  #phase: HubPhase = { type: 'left' };
  #shell: SessionShell | null = null;
  #slots: WebSlots | null = null;
  /** The time since 1970 of the last tick, and when the coordinator was last heard. */
  #now = 0;
  #heardAt = 0;
  #online = true;
  /** The session was told to end from here. */
  #asked = false;
  #working = false;
  #lookAgain: (() => void) | null = null;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  command(command: Exclude<HubCommand, { readonly type: 'slotFailed' }>): void {
    switch (command.type) {
      case 'join':
        this.#joined = command;
        this.#state.joined(command.pressedAt);
        this.#gpu.want(command.device);
        return this.#want('work');
      case 'continue':
        return this.#want('work');
      case 'wait':
        return this.#want('wait');
      case 'pause':
        this.#want('pause');
        return this.#enter({ type: 'paused' });
      case 'leave':
        this.#want('leave');
        return this.#enter({ type: 'left' });
      case 'threads':
        return this.#change({ threads: command.threads });
      case 'limit':
        return this.#change({ limit: command.limit });
      case 'device':
        this.#gpu.want(command.device);
        return this.#change({ device: command.device });
      case 'conditions':
        return this.#change({ conditions: command.conditions });
      case 'network':
        return this.#network(command.online);
      default:
        return unreachable(command);
    }
  }

  /** Called every now and then, from a timer that no hidden tab slows down. `wallMs` is the time since 1970. */
  tick(wallMs: number): void {
    this.#now = wallMs;
    if (this.#gap.observe(wallMs)) this.#shell?.connectionLost({ type: 'computerAsleep' });
    this.#listen();
    this.show();
  }

  /** A line that is gone says nothing, and the protocol waits long before it is given up. */
  #listen(): void {
    const { type } = this.#phase;
    if (type !== 'computing' && type !== 'silent') return;
    const quietMs = this.#now - this.#heardAt;
    if (quietMs <= (this.#online ? SILENT_MS : SILENT_OFFLINE_MS)) this.#phase = { type: 'computing' };
    else this.#phase = { type: 'silent', seconds: Math.round(quietMs / 1000) };
  }

  /** A network that is back is another one, as often as not: what was silent on the old one is given up at once. */
  #network(online: boolean): void {
    this.#listen();
    this.#online = online;
    if (online && this.#phase.type === 'silent') this.#shell?.connectionLost({ type: 'networkAway' });
    this.show();
  }

  #heard(): void {
    this.#heardAt = this.#now;
    if (this.#phase.type === 'silent') this.#enter({ type: 'computing' });
  }

  show(): void {
    const joined = this.#joined;
    if (joined === null) return;
    const { threads } = joined;
    this.#options.show({
      phase: this.#phase,
      threads,
      gpu: this.#gpu.view,
      limit: this.#limit(joined),
      ...this.#state.view(),
    });
  }

  #enter(phase: HubPhase): void {
    this.#phase = phase;
    this.show();
  }

  #want(wish: 'work' | 'wait' | 'pause' | 'leave'): void {
    this.#wish = wish;
    if (wish === 'work' || wish === 'wait') {
      this.#enter(wish === 'wait' ? { type: 'waiting' } : { type: 'connecting' });
      // A session that is being left makes room for the next one by itself.
      if (!this.#working) void this.#work();
    } else {
      this.#endSession({ type: wish === 'pause' ? 'volunteerPaused' : 'volunteerLeft' });
    }
  }

  #change(changed: Partial<Pick<JoinCommand, 'threads' | 'limit' | 'conditions' | 'device'>>): void {
    const before = this.#joined;
    if (before === null) return;
    const joined = { ...before, ...changed };
    this.#joined = joined;
    if (this.#slots !== null) this.#slots.limit = this.#limit(joined);
    if (joined.threads !== before.threads || joined.device !== before.device)
      this.#endSession({ type: 'threadsChange' });
    this.show();
  }

  #limit({ limit, conditions }: JoinCommand): number {
    return limitUnder(limit, conditions);
  }

  #endSession(reason: LeaveFact): void {
    this.#asked = true;
    this.#lookAgain?.();
    this.#shell?.leave(reason);
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#joined !== null && (this.#wish === 'work' || this.#wish === 'wait')) {
      this.#asked = false;
      const outcome = await this.#session(this.#joined);
      if (this.#asked) continue;
      if (this.#wish === 'wait' && outcome.exitCode !== 2) {
        this.#enter({ type: 'waiting' });
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, LOOK_AGAIN_MS * (0.5 + Math.random() / 2));
          this.#lookAgain = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        this.#lookAgain = null;
      } else {
        this.#wish = 'over';
        this.#enter({ type: 'ended', why: outcome.why, fact: outcome.fact });
      }
    }
    this.#working = false;
  }

  async #session(joined: JoinCommand): Promise<SessionOutcome> {
    const { engines, openChannel, bytesOfBlock, memoryBytesMax } = this.#options;
    const limits = { ...WORKER_LIMITS, memoryBytesMax };
    this.#gpuAsked ??= this.#options.findGpu().then((gpu) => this.#gpu.found(gpu));
    await this.#gpuAsked;
    const { address, credential, identity, name, agent } = joined;
    // One slot feeds a device.
    const threads = this.#gpu.isOffered ? 1 : joined.threads;
    const { origin, basePath, token } = address;
    const session = new WorkerSession({
      address: origin + basePath,
      token,
      credential,
      identity,
      name,
      agent,
      engines: this.#gpu.isOffered ? ['webgpu', ...engines] : engines,
      kernels: KERNEL_BUILD,
      threads,
      sharesData: false,
      lending: null,
      follows: true,
      protocolLimits: DEFAULT_LIMITS,
      workerLimits: limits,
    });
    const spawn = threads === 1 ? this.#options.spawnOnly : this.#options.spawn;
    const slots = new WebSlots({
      ...{ spawn, limit: this.#limit(joined) },
      onGpu: (report) => {
        if (this.#gpu.reported(report, joined.threads)) this.#endSession({ type: 'threadsChange' });
        this.show();
      },
    });
    const state = this.#state;
    const shell = new SessionShell({
      session,
      openChannel,
      slots: slots.start,
      data: {
        type: 'blocks',
        fetch: blockFetcher(async (block, where, signal, onBytes) => {
          const { blockSilenceMs: silenceMs } = limits;
          const content = await fetchBlock(block, { ...where, silenceMs, onBytes, signal });
          state.ledger.block(bytesOfBlock(block.sha256, content.length));
          return content;
        }, DEFAULT_LIMITS),
      },
      observer: {
        // Only a lost connection changes what the page says; all else goes on.
        log: (_level, fact) => {
          if (fact.type === 'connectionLost' && !this.#asked) this.#disconnected(fact);
        },
        sent: (message, bytes) => state.sent(message, bytes, Date.now()),
        received: (message, bytes) => {
          state.received(message, bytes);
          this.#heard();
          if (message.type === 'welcome') this.#welcomed(message);
          if (message.type === 'bye' && message.code === 'betweenRuns') {
            this.#gpu.runEnded();
            this.#enter({ type: 'waiting' });
          }
          if (message.type === 'bye' && ENDS_CREDENTIALS.has(message.code)) this.#keepCredential(null);
        },
        slotDied: () => state.slotLost(),
        show: (standing) => {
          state.standing(standing);
          this.show();
        },
      },
      workerLimits: limits,
    });
    this.#slots = slots;
    this.#shell = shell;
    const outcome = await shell.run();
    this.#shell = null;
    this.#slots = null;
    return outcome;
  }

  #welcomed(welcome: Welcome): void {
    this.#state.welcomed(welcome);
    const { credential } = welcome;
    if (credential !== undefined) this.#keepCredential(credential);
    this.#enter({ type: 'computing' });
    const { runId, engine } = welcome;
    if (this.#gpu.welcomed(runId, engine)) this.#endSession({ type: 'threadsChange' });
  }

  /** The next session, after a pause say, is to be known as this one. */
  #keepCredential(credential: string | null): void {
    if (this.#joined !== null) this.#joined = { ...this.#joined, credential };
    this.#options.keepCredential(credential);
  }

  #disconnected({ why, retryMs }: FactOf<'connectionLost'>): void {
    if (this.#phase.type === 'waiting' || this.#state.runIsOver) this.#enter({ type: 'waiting' });
    else this.#enter({ type: 'reconnecting', why, retryMs });
  }
}
