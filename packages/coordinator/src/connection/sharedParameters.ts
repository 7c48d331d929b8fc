/**
 * Versions of the parameters in memory that local workers see: each is written once, read where it lies, and written over
 * when nobody reads it any more. A worker may be told of one while it is still being computed.
 */
import type { VectorArena, VectorId } from '@shoal/core';
import type { ParametersPlace } from '@shoal/worker';
import type { SharedPlace } from './workerConnection.ts';

export class SharedVersion implements SharedPlace {
  readonly vector: VectorId;
  readonly #place: Omit<ParametersPlace, 'version' | 'arrival'>;
  readonly #arrival = new Int32Array(new SharedArrayBuffer(4));
  readonly #readers = new Set<() => boolean>();
  #number = 0;
  #version = 0;
  /** It is the latest, and more readers may come. */
  isCurrent = false;

  constructor(arena: VectorArena, vector: VectorId, memory: SharedArrayBuffer) {
    this.vector = vector;
    this.#place = { memory, byteOffset: arena.address(vector), byteLength: 4 * arena.length };
  }

  /** From here on it is to become this version. */
  begin(version: number, number: number): void {
    this.#version = version;
    this.#number = number;
    this.isCurrent = true;
  }

  /** It is there, as a whole. */
  complete(): void {
    if (Atomics.exchange(this.#arrival, 0, this.#number) !== this.#number) Atomics.notify(this.#arrival, 0);
  }

  get version(): number {
    return this.#version;
  }

  get place(): ParametersPlace {
    const arrival = { memory: this.#arrival.buffer as SharedArrayBuffer, number: this.#number };
    return { ...this.#place, version: this.#version, arrival };
  }

  lend(returned: () => boolean): void {
    this.#readers.add(returned);
  }

  get isFree(): boolean {
    for (const returned of this.#readers) if (returned()) this.#readers.delete(returned);
    return this.#readers.size === 0 && !this.isCurrent;
  }
}

export class SharedParameters {
  readonly #arena: VectorArena;
  #versions: SharedVersion[] = [];
  #current: SharedVersion | null = null;
  #number = 0;
  /** Somebody has read the last version here. */
  #isWanted = false;

  constructor(arena: VectorArena) {
    this.#arena = arena;
  }

  /** Where the next version goes as it is computed; null where nobody has asked for the last one, or there is no room. */
  next(version: number): SharedVersion | null {
    if (!this.#isWanted) return null;
    this.#isWanted = false;
    return this.#begin(version);
  }

  /** Where this version lies, `parameters` being those; copied now where `next` was not asked. */
  of(version: number, parameters: () => VectorId): SharedVersion | null {
    this.#isWanted = true;
    if (this.#current?.version === version) return this.#current;
    const current = this.#begin(version);
    if (current === null) return null;
    this.#arena.copy(current.vector, parameters());
    current.complete();
    return current;
  }

  /** The version that was begun does not come about. */
  abandon(): void {
    if (this.#current !== null) this.#current.isCurrent = false;
    this.#current = null;
  }

  /** What was begun has been computed. */
  complete(): void {
    this.#current?.complete();
  }

  #begin(version: number): SharedVersion | null {
    this.abandon();
    const free = this.#versions.find((one) => one.isFree) ?? this.#another();
    this.#number += 1;
    free?.begin(version, this.#number);
    this.#current = free;
    return free;
  }

  /** Half of the arena stays for gradients. */
  #another(): SharedVersion | null {
    const { size, vectorsMax, buffer } = this.#arena;
    if (buffer instanceof ArrayBuffer || 2 * size >= vectorsMax) return null;
    const vector = this.#arena.allocate();
    // As long as it has become by now.
    const made = new SharedVersion(this.#arena, vector, this.#arena.buffer as SharedArrayBuffer);
    this.#versions.push(made);
    return made;
  }
}
