/**
 * One hostile connection to a simulated coordinator. It may come as a stranger, say a valid hello, or even answer its
 * probe rightly, and then says whatever the grammar and the recorded traffic suggest.
 */
import {
  Codings,
  type CoordinatorMessage,
  decodeCoordinatorMessage,
  floatsOf,
  type Hello,
  KERNEL_BUILD,
  nodesOfRange,
  PROTOCOL_VERSION,
  xxh32,
} from '@shoal/core';
import { Link } from '../simulation/link.ts';
import { type SimCoordinator, TOKEN } from '../simulation/simCoordinator.ts';
import type { SimSocket } from '../simulation/simSocket.ts';
import type { World } from '../simulation/world.ts';
import type { Dice } from './dice.ts';
import { anyFrame, anyValue, type Words } from './grammar.ts';
import { mutated } from './mutation.ts';
import { pairsOf, rawPack } from './rawPack.ts';
import type { Traffic } from './traffic.ts';

/** How far an intruder goes along with the protocol before it misbehaves. */
export type Pose = 'stranger' | 'greeted' | 'admitted';

export type Frame = { readonly bytes: Buffer; readonly isBinary: boolean };

type LeaseMessage = Extract<CoordinatorMessage, { readonly type: 'lease' }>;

export class Intruder {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #traffic: Traffic;
  readonly #pose: Pose;
  readonly #socket: SimSocket;
  readonly #id: number;
  readonly #coordinator: SimCoordinator;
  readonly #identity: string;
  #said = 0;
  #lease: LeaseMessage | null = null;
  /** The other side has closed. */
  isOver = false;

  constructor(options: {
    readonly world: World;
    readonly dice: Dice;
    readonly traffic: Traffic;
    readonly pose: Pose;
    readonly coordinator: SimCoordinator;
    readonly number: number;
  }) {
    this.#world = options.world;
    this.#dice = options.dice;
    this.#traffic = options.traffic;
    this.#pose = options.pose;
    this.#coordinator = options.coordinator;
    this.#identity = `intruder-${options.number}`;
    const link = new Link(
      this.#world,
      { latencyMs: 0.1, bytesPerMs: 1e6 },
      {
        worker: {
          frame: (bytes) => this.#hear(bytes),
          closed: () => {
            this.isOver = true;
          },
        },
        coordinator: { frame: () => {}, closed: (code) => this.#socket.emit('close', code) },
      },
    );
    const socket = options.coordinator.accept(link, `intruder-${options.number}`);
    if (socket === null) throw new Error('The coordinator is not there.');
    this.#socket = socket;
    this.#id = [...(options.coordinator.life?.connections.keys() ?? [])].at(-1) ?? 0;
  }

  #hear(bytes: Uint8Array): void {
    const message = decodeCoordinatorMessage(bytes);
    if (message.type === 'bye') this.isOver = true;
    if (message.type === 'lease' && message.lease !== 0) this.#lease = message;
  }

  /** Its next frame. */
  next(): Frame {
    this.#said += 1;
    const dice = this.#dice;
    if (this.#said === 1 && this.#pose !== 'stranger') return binary(rawPack(pairsOf(this.#hello())));
    if (this.#said === 2 && this.#pose === 'admitted') return binary(Buffer.from(this.#traffic.probeAnswer));
    if (dice.chance() < 0.01) return { bytes: Buffer.from('{"type":"hello"}'), isBinary: false };
    if (dice.chance() < 0.4) return binary(mutated(dice, this.#traffic.frames));
    const messages = this.#messages();
    // A message that is whole and right in form, at the wrong time or with the wrong numbers.
    if (dice.chance() < 0.1) return binary(rawPack(pairsOf(dice.pick(messages))));
    return binary(anyFrame(dice, messages));
  }

  /** Whether it has been given work: from then on its sums are believed, as long as their form is right. */
  get isInside(): boolean {
    return this.#coordinator.life?.driver.state.workers.get(this.#id)?.phase === 'active';
  }

  /** Delivers the frame as the socket would, its bytes first. */
  send({ bytes, isBinary }: Frame): void {
    this.#coordinator.life?.connections.get(this.#id)?.connection.arrived(bytes.length + 6);
    this.#socket.emit('message', bytes, isBinary);
  }

  /** Goes without a word. */
  vanish(): void {
    this.isOver = true;
    this.#socket.emit('close', 1006);
  }

  #messages(): readonly Words[] {
    const lease = this.#lease?.lease ?? this.#dice.skewed(100);
    return [
      this.#hello(),
      { type: 'ready' },
      { type: 'follow' },
      { type: 'pong', nonce: this.#dice.skewed(2 ** 32) },
      { type: 'leave', reason: 'x'.repeat(this.#dice.skewed(300)), code: 'volunteerLeft' },
      { type: 'failed', lease, code: this.#dice.pick(['revoked', 'engineFailed']), message: 'no' },
      {
        type: 'progress',
        lease,
        done: this.#dice.skewed(100),
        missing: this.#dice.skewed(1_000),
        computeMs: this.#dice.skewed(1_000),
      },
      this.#partial(lease),
      this.#partial(lease),
      { type: 'welcome', worker: 1, spec: anyValue(this.#dice) },
    ];
  }

  #hello(): Words {
    const hello: Hello = {
      type: 'hello',
      protocols: [PROTOCOL_VERSION],
      token: TOKEN,
      identity: this.#identity,
      name: 'intruder',
      agent: 'fuzz',
      engines: ['wasm-strict'],
      kernels: KERNEL_BUILD,
      threads: 1,
    };
    return hello as unknown as Words;
  }

  /** An answer to the lease that it holds, as far as the lease is known. */
  #partial(lease: number): Words {
    const held = this.#lease;
    const nodes = held === null ? [] : nodesOfRange(held.from, held.to, held.leaves);
    const node = nodes.length === 0 ? { level: 0, index: 0 } : this.#dice.pick(nodes);
    const finite = this.#dice.chance() < 0.8;
    const vector = finite ? this.#vector() : null;
    const right = vector !== null && this.#lease?.scales != null && this.#dice.chance() < 0.5;
    return {
      type: 'partial',
      lease,
      level: node.level,
      index: node.index,
      finite,
      loss: finite ? this.#dice.chance() : 0,
      correct: 0,
      count: 1 + this.#dice.skewed(30),
      vector,
      checksum: right ? xxh32(vector) : this.#dice.skewed(2 ** 32),
      computeMs: this.#dice.chance() * 100,
    };
  }

  /** As long as a vector of the lease's coding is, or as any other; where scales stand in it, with those or others. */
  #vector(): Uint8Array {
    const run = this.#coordinator.life?.run;
    if (run === undefined || this.#dice.chance() < 0.3) return new Uint8Array(4 * this.#dice.skewed(100));
    const scales = this.#lease?.scales ?? null;
    const codings = new Codings(run.facts.spec, run.model);
    const { byteLength } = codings.up(scales === null ? null : floatsOf(scales));
    if (scales === null) return new Uint8Array(byteLength);
    const vector = this.#dice.bytes(byteLength);
    if (this.#dice.chance() < 0.7) vector.set(scales);
    return vector;
  }
}

const binary = (bytes: Buffer): Frame => ({ bytes, isBinary: true });

/** For whoever looks at a failure: what the frame is, as far as bytes tell. */
export function shown({ bytes, isBinary }: Frame): string {
  const hex = bytes.subarray(0, 400).toString('hex');
  return `${isBinary ? 'binary' : 'text'}, ${bytes.length} bytes: ${hex}${bytes.length > 400 ? '…' : ''}`;
}
