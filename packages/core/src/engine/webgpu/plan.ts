/**
 * A plan is the static form of one compiled model on a device: its buffers and the list of kernels, each with its text, its
 * bindings and how many workgroups a microbatch of `count` samples takes. Scratch buffers whose lives do not overlap
 * share memory, as in the plan of the WebAssembly engine.
 */
import type { CallLabel, Pass } from '../wasm/plan.ts';

/** A place on the device, in 32-bit words; how long it is depends on the microbatch for what each sample has of its own. */
export class Place {
  readonly perSample: number;
  readonly fixed: number;
  readonly isKept: boolean;
  firstUse = Number.POSITIVE_INFINITY;
  lastUse = -1;
  /** Number of the buffer that it lies in, once laid out. */
  slot = -1;

  constructor(options: { perSample: number; fixed: number; isKept: boolean }) {
    this.perSample = options.perSample;
    this.fixed = options.fixed;
    this.isKept = options.isKept;
  }

  words(microbatch: number): number {
    return this.perSample * microbatch + this.fixed;
  }
}

export type Binding = {
  readonly place: Place;
  readonly access: 'read' | 'read_write';
  readonly type: 'f32' | 'u32' | 'i32' | 'vec4f';
};

export type Groups = readonly [x: number, y: number, z: number];

/** Whether a kernel is part of every pass, of training alone, or of passes whose inputs come as bytes. */
export type When = 'always' | 'training' | 'bytes';

export type Kernel = {
  readonly label: CallLabel;
  readonly when: When;
  readonly bindings: readonly Binding[];
  /** What the uniform `sizes` holds; empty where the numbers stand in the text. */
  readonly sizes: readonly number[];
  readonly code: string;
  /** None where there is nothing to do. */
  readonly groups: (count: number) => Groups;
};

export type Sizes = Readonly<Record<string, number>>;

export type KernelOptions = {
  /** By the name that the kernel's text has for each; numbers of 32 bits, floats when only the place is given. */
  readonly reads: Readonly<Record<string, Place | { readonly place: Place; readonly type: Binding['type'] }>>;
  readonly writes: Readonly<
    Record<string, Place | { readonly place: Place; readonly type: Binding['type'] }>
  >;
  /** Numbers of the model that the text names: `$name` as an i32, `#name` as a u32. */
  readonly sizes: Sizes;
  /** WGSL behind the declarations of the bindings, with the function `main`. */
  readonly text: string;
  readonly groups: (count: number) => Groups;
};

/** What changes from call to call; 16 bytes. */
const BATCH = 'struct Batch { count: u32, seed: u32, epoch: u32, training: u32 }';

export class Plan {
  readonly kernels: Kernel[] = [];
  readonly places: Place[] = [];
  /**
   * Whether the numbers of the model stand in the text of its kernels, so that divisions by them cost little, or in a uniform, so that
   * layers of any size share a kernel: where compiling takes longest, as on a processor that plays the device.
   */
  readonly #specialised: boolean;
  #label: CallLabel = { layer: 'input', pass: 'forward' };

  constructor(specialised: boolean) {
    this.#specialised = specialised;
  }

  get tiles(): 'fitted' | 'one' {
    return this.#specialised ? 'fitted' : 'one';
  }

  /** What is called from here on belongs to this layer and pass. */
  enter(layer: string, pass: Pass): void {
    this.#label = { layer, pass };
  }

  keep(perSample: number, fixed = 0): Place {
    return this.#place({ perSample, fixed, isKept: true });
  }

  scratch(perSample: number, fixed = 0): Place {
    return this.#place({ perSample, fixed, isKept: false });
  }

  #place(options: { perSample: number; fixed: number; isKept: boolean }): Place {
    const place = new Place(options);
    this.places.push(place);
    return place;
  }

  /** A kernel of training and of evaluation. */
  call(options: KernelOptions): void {
    this.#add(options, 'always');
  }

  /** A kernel of training alone. */
  train(options: KernelOptions): void {
    this.#add(options, 'training');
  }

  /** A kernel that turns inputs of bytes into numbers. */
  unpack(options: KernelOptions): void {
    this.#add(options, 'bytes');
  }

  #add(options: KernelOptions, when: When): void {
    const { reads, writes } = options;
    const named = [
      ...Object.entries(reads).map(([name, given]) => ({ name, given, access: 'read' as const })),
      ...Object.entries(writes).map(([name, given]) => ({ name, given, access: 'read_write' as const })),
    ];
    const bindings = named.map(({ given, access }): Binding => {
      const { place, type } = given instanceof Place ? { place: given, type: 'f32' as const } : given;
      place.firstUse = Math.min(place.firstUse, this.kernels.length);
      place.lastUse = this.kernels.length;
      return { place, access, type };
    });
    const names = this.#specialised ? [] : Object.keys(options.sizes);
    const shift = names.length > 0 ? 2 : 1;
    const declarations = named.map(({ name }, i) => {
      const { access, type } = bindings[i] as Binding;
      return `@group(0) @binding(${i + shift}) var<storage, ${access}> ${name}: array<${type}>;`;
    });
    if (names.length > 0) {
      declarations.unshift(
        `struct Sizes { ${names.map((name) => `${name}: i32`).join(', ')} }`,
        '@group(0) @binding(1) var<uniform> sizes: Sizes;',
      );
    }
    const code = [
      BATCH,
      '@group(0) @binding(0) var<uniform> batch: Batch;',
      ...declarations,
      this.#filled(options),
    ];
    const { groups } = options;
    const sizes = names.map((name) => options.sizes[name] as number);
    this.kernels.push({ label: this.#label, when, bindings, sizes, code: code.join('\n'), groups });
  }

  #filled({ text, sizes }: KernelOptions): string {
    return text.replace(/([$#])([a-z]\w*)/gi, (_, kind: string, name: string) => {
      const size = sizes[name];
      if (size === undefined) throw new Error(`A kernel names the size ${name}, which it was not given.`);
      if (this.#specialised) return kind === '#' ? `${size >>> 0}u` : `${size}`;
      return kind === '#' ? `u32(sizes.${name})` : `sizes.${name}`;
    });
  }

  /** Gives every place the number of its buffer. @returns the words of each buffer for `microbatch` samples */
  layOut(microbatch: number): number[] {
    const slots: { words: number; freeFrom: number }[] = [];
    const used = this.places.filter(({ isKept, lastUse }) => isKept || lastUse >= 0);
    for (const place of used.sort((a, b) => a.firstUse - b.firstUse)) {
      const words = Math.max(1, place.words(microbatch));
      const { isKept, firstUse, lastUse } = place;
      // The largest that is free: what must grow grows least.
      const free = isKept
        ? []
        : slots.filter(({ freeFrom }) => freeFrom < firstUse).sort((a, b) => b.words - a.words);
      const chosen = free[0] ?? { words: 0, freeFrom: 0 };
      if (free.length === 0) slots.push(chosen);
      chosen.words = Math.max(chosen.words, words);
      chosen.freeFrom = isKept ? Number.POSITIVE_INFINITY : lastUse;
      place.slot = slots.indexOf(chosen);
    }
    return slots.map(({ words }) => words);
  }
}
