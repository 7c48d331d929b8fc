/** What a worker knows of the run it has been welcomed to: the checked spec, its model, parameters and data. */
import {
  bytesOf,
  Codings,
  canonicalJson,
  checkStepsFit,
  compileModel,
  type EngineName,
  faultOfBytes,
  initialParameters,
  lengthOf,
  type Model,
  parseBlocksManifest,
  type RunShape,
  type RunSpec,
  readVector,
  resolveRunSpec,
  StreamOrder,
  shapeOfRun,
  TARGETS,
  tensorText,
  type UnsealedParameters,
  unreachable,
  type VectorFault,
  type Welcome,
} from '@shoal/core';
import type { SplitManifests } from './events.ts';

/** Versions kept: the one in use and the one before it, for a lease that is still queued. */
const VERSIONS_KEPT = 2;

export class RunContext {
  readonly spec: RunSpec;
  readonly model: Model;
  readonly engine: EngineName;
  /** What vectors travel in. */
  readonly codings: Codings;
  readonly manifests: SplitManifests;
  /** How the run is cut into steps and leaves. */
  readonly shape: RunShape;
  /** Which samples those have. */
  readonly order: StreamOrder;
  /** Same key, same work: slots can stay as they are. */
  readonly key: string;
  readonly dataKey: string;
  /** Reckoned memory of the model; see `memory.ts`. */
  modelBytes = 0;
  readonly #versions = new Map<number, Uint8Array>();

  /** @throws SpecError, ModelError, BlockError, RangeError: sentences on what this worker cannot work with */
  constructor(welcome: Welcome) {
    this.spec = resolveRunSpec(welcome.spec);
    this.model = compileModel(this.spec.model);
    this.engine = welcome.engine;
    this.codings = new Codings(this.spec, this.model);
    const wanted = tensorText(TARGETS[this.model.loss]);
    for (const [set, { count, inputs, targets }] of Object.entries(welcome.data)) {
      const length = lengthOf(inputs.shape);
      if (count > 0 && length !== this.model.inputLength) {
        throw new RangeError(
          `The samples of the ${set} set have ${length} values, but the model takes ${this.model.inputLength}.`,
        );
      }
      if (tensorText(targets) !== wanted) {
        throw new RangeError(
          `The targets of the ${set} set are ${tensorText(targets)}, but the loss ${this.model.loss} takes ${wanted}.`,
        );
      }
    }
    const { train, validation, test } = welcome.data;
    this.manifests = {
      train: parseBlocksManifest(train),
      validation: parseBlocksManifest(validation),
      test: parseBlocksManifest(test),
    };
    checkStepsFit(this.spec, this.manifests.train.count);
    this.shape = shapeOfRun(this.spec, this.manifests.train.count);
    this.order = new StreamOrder(this.spec, this.manifests.train.count);
    this.key = `${this.engine} ${canonicalJson(this.spec)}`;
    this.dataKey = canonicalJson(this.manifests);
  }

  /** Versions of an earlier connection are not trusted: after a restart the coordinator counts on. */
  forgetParameters(): void {
    for (const version of this.#versions.keys()) if (version !== 0) this.#versions.delete(version);
  }

  /** @returns what is wrong with the message, as the end of a sentence, or null */
  takeParameters(message: UnsealedParameters): string | null {
    const { version, base } = message;
    if (base !== null) return this.#takeChanges({ ...message, base });
    const reading = readVector(this.codings.plain, message);
    if (reading.type !== 'vector') return parametersFault(version, reading);
    this.#keep(version, reading.bytes);
    return null;
  }

  #takeChanges(message: UnsealedParameters & { readonly base: number }): string | null {
    const { version, base, vector } = message;
    const { down } = this.codings;
    const known = this.parameters(base);
    if (down === null) return `parameter version ${version} is a change, where parameters travel whole`;
    if (known === null || version <= base) {
      return `parameter version ${version} is a change of version ${base}, which is not here`;
    }
    const byteLength = (version - base) * down.byteLength;
    const fault = faultOfBytes({ byteLength }, message);
    if (fault !== null) return parametersFault(version, fault);
    // The version before stays as it is: what is queued may still be computed with it.
    const changed = down.changed(known, vector);
    if (changed === null) return parametersFault(version, { type: 'foreign', coding: down.name });
    this.#keep(version, changed);
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

/** What is wrong with a vector of parameters, as the end of a sentence. */
function parametersFault(version: number, fault: VectorFault): string {
  switch (fault.type) {
    case 'length':
      return `parameter version ${version} has ${fault.came} bytes instead of ${fault.expected}`;
    case 'damaged':
      return `the checksum of parameter version ${version} does not fit its content`;
    case 'foreign':
      return `parameter version ${version} has numbers that ${fault.coding} does not have`;
    default:
      return unreachable(fault);
  }
}
