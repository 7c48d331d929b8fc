/**
 * Several threads that share out the work of kernels among themselves, over a memory that all of them see. Whoever leads
 * takes pieces too and needs nobody: a thread that sleeps or has no processor costs nothing, and only a piece that somebody
 * has begun is waited for.
 */
import {
  ADDRESSES,
  carryOut,
  ELEMENTWISE,
  type Elementwise,
  type ElementwiseName,
  type KernelCall,
  lengthOfCall,
} from './elementwise.ts';
import type { VectorKernels, WasmMemory } from './vectorKernels.ts';

/** Elements of a piece: some ten microseconds, and a multiple of every kernel's width. */
const PIECE = 32_768;
/** What is shorter is done before anybody is awake. */
export const SHARED_OUT_MIN = 2 * PIECE;

const CALLS_MAX = 2;
const ARGUMENTS_MAX = 14;

/** Places in the control block, as int32; what several threads write has a cache line of its own. */
const JOB = 0;
const OPEN = 16;
const LEFT = 32;
const CALLS = 48;
const CONTROL_WORDS = 64;
/** The first piece that is open stands in the lower bits, and the end of those behind it. */
const SHIFT = 15;

/** How often whoever has nothing to do looks for the next job before it sleeps: kernels follow each other. */
const LOOKS = 50_000;

export type KernelTeam = {
  readonly memory: WasmMemory;
  /** What is to be done, and how far it is. */
  readonly control: SharedArrayBuffer;
};

export function createKernelTeam(memory: WasmMemory): KernelTeam {
  const numbersBytes = 8 * CALLS_MAX * ARGUMENTS_MAX;
  return { memory, control: new SharedArrayBuffer(4 * CONTROL_WORDS + numbersBytes) };
}

/** From which end of the vectors pieces are taken. */
type End = 'front' | 'back';

/**
 * The calls at hand, cut into pieces. Whoever leads takes them from the front and the others from the back, so that most of
 * what a thread works on is what it has worked on before and lies in its own caches.
 */
class Job {
  readonly control: Int32Array;
  readonly #numbers: Float64Array;
  /** As they have been read, and of which job. */
  #calls: readonly KernelCall[] = [];
  #known = -1;

  constructor({ control }: KernelTeam) {
    this.control = new Int32Array(control, 0, CONTROL_WORDS);
    this.#numbers = new Float64Array(control, 4 * CONTROL_WORDS, CALLS_MAX * ARGUMENTS_MAX);
  }

  /**
   * Only when nothing of the last one is left.
   * @param wakes whether others are woken for it; whoever is awake may help all the same
   */
  post(calls: readonly KernelCall[], length: number, wakes: boolean): void {
    const { control } = this;
    control[CALLS] = calls.length;
    for (const [i, { kernel, args }] of calls.entries()) {
      control[CALLS + 1 + i] = ELEMENTWISE.indexOf(kernel);
      this.#numbers.set(args, i * ARGUMENTS_MAX);
    }
    const pieces = Math.ceil(length / PIECE);
    Atomics.store(control, LEFT, pieces);
    Atomics.store(control, OPEN, pieces << SHIFT);
    Atomics.add(control, JOB, 1);
    if (wakes) Atomics.notify(control, JOB);
  }

  get isDone(): boolean {
    return Atomics.load(this.control, LEFT) === 0;
  }

  /** Does pieces as long as there are any that nobody has begun. */
  work(kernels: VectorKernels, end: End): void {
    for (let piece = this.#take(end); piece >= 0; piece = this.#take(end)) {
      // After the piece has been taken: as long as it is not done there is no other job.
      this.#read();
      for (const call of this.#calls) doPiece(kernels, call, piece * PIECE);
      Atomics.sub(this.control, LEFT, 1);
    }
  }

  #read(): void {
    const job = Atomics.load(this.control, JOB);
    if (job === this.#known) return;
    this.#known = job;
    this.#calls = Array.from({ length: this.control[CALLS] as number }, (_, i) => {
      const kernel = ELEMENTWISE[this.control[CALLS + 1 + i] as number] as ElementwiseName;
      const from = i * ARGUMENTS_MAX;
      return { kernel, args: [...this.#numbers.subarray(from, from + ARGUMENTS_MAX)] };
    });
  }

  /** @returns negative where there is none */
  #take(end: End): number {
    for (;;) {
      const open = Atomics.load(this.control, OPEN);
      const [from, to] = [open & ((1 << SHIFT) - 1), open >>> SHIFT];
      if (from >= to) return -1;
      const rest = end === 'front' ? open + 1 : open - (1 << SHIFT);
      if (Atomics.compareExchange(this.control, OPEN, open, rest) === open) {
        return end === 'front' ? from : to - 1;
      }
    }
  }
}

/** A piece of a call that begins with this element. */
function doPiece(kernels: VectorKernels, { kernel, args }: KernelCall, from: number): void {
  const addresses = ADDRESSES[kernel];
  const piece = args.slice();
  for (let i = 0; i < addresses; i += 1) piece[i] = (args[i] as number) + 4 * from;
  piece[addresses] = Math.min(PIECE, (args[addresses] as number) - from);
  carryOut(kernels, { kernel, args: piece });
}

/** How often one looks whether the others are done with what they have begun before that counts as a delay. */
const PATIENCE = 100_000;
/** So many jobs are done alone after a delay: whoever caused it has no processor of its own at present. */
const ALONE = 32;

/** The thread that has the work done. */
export class TeamLead implements Elementwise {
  /** Over the team's memory, after all that has been begun; what they do themselves is shared out with nobody. */
  readonly kernels: VectorKernels;
  readonly #own: VectorKernels;
  readonly #job: Job;
  #isOpen = false;
  /** Jobs that are still shared out with nobody. */
  #alone = 0;

  constructor(team: KernelTeam, own: VectorKernels) {
    this.#own = own;
    this.#job = new Job(team);
    const led = Object.entries(own).map(([name, kernel]) => [name, this.#led(kernel)]);
    this.kernels = Object.fromEntries(led) as VectorKernels;
  }

  #led(kernel: (...args: number[]) => unknown): (...args: number[]) => unknown {
    return (...args) => {
      this.finish();
      return kernel(...args);
    };
  }

  begin(calls: readonly KernelCall[]): void {
    this.finish();
    const [first] = calls;
    const length = first === undefined ? 0 : lengthOfCall(first);
    this.#alone = Math.max(0, this.#alone - 1);
    if (length < SHARED_OUT_MIN || calls.length > CALLS_MAX) {
      for (const call of calls) carryOut(this.#own, call);
      return;
    }
    this.#isOpen = true;
    this.#job.post(calls, length, this.#alone === 0);
  }

  finish(): void {
    if (!this.#isOpen) return;
    this.#job.work(this.#own, 'front');
    let looks = 0;
    while (!this.#job.isDone) looks += 1;
    if (looks > PATIENCE) this.#alone = ALONE;
    this.#isOpen = false;
  }
}

/** What each of the others does for ever, on a thread of its own: works, looks for more, sleeps. */
export function serveKernelTeam(team: KernelTeam, own: VectorKernels): never {
  const job = new Job(team);
  const { control } = job;
  for (;;) {
    const seen = Atomics.load(control, JOB);
    job.work(own, 'back');
    for (let looks = 0; looks < LOOKS && Atomics.load(control, JOB) === seen; looks += 1);
    Atomics.wait(control, JOB, seen);
  }
}
