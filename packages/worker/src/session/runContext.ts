/** What a worker knows of the run it has been welcomed to: the checked spec, its model, parameters and data. */
import {
  bytesOf,
  canonicalJson,
  compileModel,
  type DataSplits,
  type EngineName,
  initialParameters,
  type Model,
  type RunSpec,
  resolveRunSpec,
  type UnsealedParameters,
  type Welcome,
  xxh32,
} from '@shoal/core';
import type { SplitManifests } from './events.ts';

/** Versions kept: the one in use and the one before it, for a lease that is still queued. */
const VERSIONS_KEPT = 2;

export class RunContext {
  readonly spec: RunSpec;
  readonly model: Model;
  readonly engine: EngineName;
  readonly manifests: SplitManifests;
  /** Same key, same work: slots can stay as they are. */
  readonly key: string;
  readonly dataKey: string;
  /** Reckoned memory of the model; see `memory.ts`. */
  modelBytes = 0;
  /** Null until every block has been loaded. */
  splits: DataSplits | null = null;
  readonly #versions = new Map<number, Uint8Array>();

  /** @throws SpecError, ModelError, RangeError: sentences on what this worker cannot work with */
  constructor(welcome: Welcome) {
    this.spec = resolveRunSpec(welcome.spec);
    this.model = compileModel(this.spec.model);
    this.engine = welcome.engine;
    this.manifests = welcome.data;
    for (const [set, { count, sampleLength }] of Object.entries(this.manifests)) {
      if (count > 0 && sampleLength !== this.model.inputLength) {
        throw new RangeError(
          `The samples of the ${set} set have ${sampleLength} values, but the model takes ${this.model.inputLength}.`,
        );
      }
    }
    this.key = `${this.engine} ${canonicalJson(this.spec)}`;
    this.dataKey = canonicalJson(this.manifests);
  }

  /** Versions of an earlier connection are not trusted: after a restart the coordinator counts on. */
  forgetParameters(): void {
    for (const version of this.#versions.keys()) if (version !== 0) this.#versions.delete(version);
  }

  /** @returns what is wrong with the message, as the end of a sentence, or null */
  takeParameters(message: UnsealedParameters): string | null {
    const { version, checksum, vector } = message;
    const bytes = this.model.vectorLength * 4;
    if (vector.length !== bytes) {
      return `parameter version ${version} has ${vector.length} bytes instead of ${bytes}`;
    }
    if (checksum !== null && xxh32(vector) !== checksum) {
      return `the checksum of parameter version ${version} does not fit its content`;
    }
    this.#keep(version, vector);
    return null;
  }

  /** [vectorLength] float32, little-endian; null for a version that never came or is no longer kept. */
  parameters(version: number): Uint8Array | null {
    const known = this.#versions.get(version);
    if (known !== undefined || version !== 0) return known ?? null;
    const drawn = bytesOf(initialParameters(this.model, this.spec.seed));
    this.#keep(0, drawn);
    return drawn;
  }

  #keep(version: number, vector: Uint8Array): void {
    this.#versions.delete(version);
    this.#versions.set(version, vector);
    for (const old of this.#versions.keys()) {
      if (this.#versions.size <= VERSIONS_KEPT) break;
      this.#versions.delete(old);
    }
  }
}
