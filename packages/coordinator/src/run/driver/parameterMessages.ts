/**
 * Parameters as messages. Who holds one of the versions before is told by what it has changed since, as long as that is
 * kept and shorter; everybody else gets the whole vector. Each is encoded once, whatever the number of workers.
 */
import { bytesOf, type Codings, type UnsealedParameters, type VectorArena, type VectorId } from '@shoal/core';
import { FramePool } from '@shoal/worker';
import { ParametersOutgoing } from '../../connection/parametersOutgoing.ts';
import type { Outgoing, SharedPlace } from '../../connection/workerConnection.ts';

export class ParameterMessages {
  readonly #codings: Codings;
  /** The parameters of the version that is at hand, where they lie. */
  readonly #at: (version: number) => Float32Array;
  readonly #shared: (version: number) => SharedPlace | null;
  /** What led to the last versions, coded, the oldest first and without gaps. */
  #changes: { readonly version: number; readonly coded: Uint8Array }[] = [];
  /** The messages of the version at hand, by the version that their receiver holds; null for the whole. */
  #version = -1;
  readonly #messages = new Map<number | null, ParametersOutgoing>();
  /** What is on its way is bounded where it waits. */
  readonly #frames = new FramePool(Number.POSITIVE_INFINITY);

  /**
   * @param at throws where the version is not here: nothing else is sent under its name
   * @param shared where a version lies that local workers read
   */
  constructor(
    codings: Codings,
    at: (version: number) => Float32Array,
    shared: (version: number) => SharedPlace | null = () => null,
  ) {
    this.#codings = codings;
    this.#at = at;
    this.#shared = shared;
  }

  /** The parameters have become this version, by this change where they travel so. */
  changed(version: number, arena: VectorArena, change: VectorId | null): void {
    const { down } = this.#codings;
    if (down !== null && change !== null) this.#remember(version, down.encodeFrom(arena, change));
  }

  /** The same as it has come from somebody else, who has the parameters. */
  received({ version, base, vector }: Pick<UnsealedParameters, 'version' | 'base' | 'vector'>): void {
    const { down } = this.#codings;
    const newest = this.#changes.at(-1)?.version ?? 0;
    this.#forgetMessages();
    if (down === null || base === null || version <= newest) this.#changes = [];
    if (down === null || base === null) return;
    for (let i = 0; i < version - base; i += 1) {
      const coded = vector.slice(i * down.byteLength, (i + 1) * down.byteLength);
      this.#remember(base + i + 1, coded);
    }
  }

  /** Nobody can be told by what the parameters have changed. */
  forget(): void {
    this.#changes = [];
    this.#forgetMessages();
  }

  #forgetMessages(): void {
    this.#version = -1;
    for (const message of this.#messages.values()) message.end();
    this.#messages.clear();
  }

  #remember(version: number, coded: Uint8Array): void {
    const { down, plain } = this.#codings;
    if (down === null) return;
    if (this.#changes.at(-1)?.version !== version - 1) this.#changes = [];
    this.#changes.push({ version, coded });
    // Any more would be longer than the whole.
    while (this.#changes.length * down.byteLength >= plain.byteLength) this.#changes.shift();
  }

  /** @param holds the version that the receiver has; 0 is drawn, so that everybody has one */
  of(version: number, holds: number): Outgoing {
    if (this.#version !== version) {
      for (const message of this.#messages.values()) message.end();
      this.#messages.clear();
      this.#version = version;
    }
    const missing = this.#changes.filter((change) => change.version > holds);
    const base =
      missing.length === version - holds && this.#changes.at(-1)?.version === version ? holds : null;
    const known = this.#messages.get(base);
    if (known !== undefined) return known;
    const made = new ParametersOutgoing({
      // What is handed on in memory is whole: there is nothing to save.
      message: () => this.#whole(version),
      framed: () => (base === null ? this.#whole(version) : difference(version, base, missing)),
      pool: this.#frames,
      shared: () => this.#shared(version),
    });
    this.#messages.set(base, made);
    return made;
  }

  #whole(version: number): UnsealedParameters {
    const vector = this.#codings.plain.encode(bytesOf(this.#at(version)));
    return { type: 'parameters', version, base: null, checksum: null, vector };
  }
}

function difference(
  version: number,
  base: number,
  missing: readonly { readonly coded: Uint8Array }[],
): UnsealedParameters {
  const vector = joined(missing.map(({ coded }) => coded));
  return { type: 'parameters', version, base, checksum: null, vector };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
