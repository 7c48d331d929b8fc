/** An updater between two codings: scales for what comes up, and differences for what goes down. */
import { CommonScales } from '../coding/commonScales.ts';
import { HeldParameters } from '../coding/heldParameters.ts';
import { upKind } from '../coding/kind.ts';
import { codedLayout } from '../coding/layout.ts';
import type { Vectors } from '../engine/engine.ts';
import type { OptimizerState, UpdateReport } from '../optim/stepUpdater.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import type { VectorId } from '../vectors/arena.ts';
import { leavesOfStep, type RunShape } from './position.ts';
import { shapeOfRun } from './stepShape.ts';
import { type RuleUpdater, ruleUpdaterOf, type UpdaterStart } from './updater.ts';

/** The exact parameters among the vectors of a checkpoint, whose own are the held ones. */
const MASTER = 'master';

/** The parameters are those that everybody holds. */
export interface Updater extends RuleUpdater {
  /** Scales that all leaves of the step to come round by, if it has so many; null where each has its own, or none. */
  scales(leaves: number): Float32Array | null;
  /** What the parameters changed by in the last step, as it travels; null where they travel whole. */
  readonly change: VectorId | null;
}

/** The updater of the run's step rule, between what its codings round on the way up and on the way down. */
export const updaterOf = (spec: RunSpec, start: UpdaterStart): Updater => new CodedUpdater(spec, start);

class CodedUpdater implements Updater {
  readonly #inner: RuleUpdater;
  readonly #arena: Vectors;
  readonly #shape: RunShape;
  readonly #scales: CommonScales | null;
  readonly #held: HeldParameters | null;

  constructor(spec: RunSpec, start: UpdaterStart) {
    const { model, arena, trainCount } = start;
    const inner = ruleUpdaterOf(spec, start);
    this.#inner = inner;
    this.#arena = arena;
    this.#shape = shapeOfRun(spec, trainCount);
    const layout = codedLayout(model);
    const { seed, coding } = spec;
    this.#scales = upKind(spec).type === 'common' ? new CommonScales(layout) : null;
    this.#held =
      coding.down === 'f32'
        ? null
        : new HeldParameters({ arena, layout, coding: coding.down, seed, master: inner.parameters });
  }

  get parameters(): VectorId {
    return this.#held?.held ?? this.#inner.parameters;
  }

  get change(): VectorId | null {
    return this.#held?.change ?? null;
  }

  scales(leaves: number): Float32Array | null {
    return this.#scales?.of(leaves) ?? null;
  }

  apply(
    sum: VectorId,
    count: number,
    step: number,
    epoch: number,
    copy: VectorId | null = null,
  ): UpdateReport {
    const ranges = this.#scales?.after(this.#arena, sum, leavesOfStep(this.#shape, step));
    const held = this.#held;
    const report = this.#inner.apply(sum, count, step, epoch, held === null ? copy : null);
    if (!report.finite) return report;
    if (ranges !== undefined) this.#scales?.expect(ranges);
    if (held === null) return report;
    const finite = held.follow(step);
    if (finite && copy !== null) this.#arena.copy(copy, held.held);
    return { ...report, finite };
  }

  exportState(): OptimizerState {
    const { vectors, scalars } = this.#inner.exportState();
    return {
      vectors: [...vectors, ...this.#masterVector()],
      scalars: { ...scalars, ...this.#scales?.exportState() },
    };
  }

  #masterVector(): OptimizerState['vectors'] {
    if (this.#held === null) return [];
    return [{ name: MASTER, values: this.#arena.view(this.#inner.parameters) }];
  }

  importState(parameters: Float32Array, { vectors, scalars }: OptimizerState): void {
    const own = this.#scales?.importState(scalars) ?? scalars;
    if (this.#held === null) return this.#inner.importState(parameters, { vectors, scalars: own });
    const master = vectors.find(({ name }) => name === MASTER);
    if (master === undefined) {
      throw new RangeError(
        'The state has no exact parameters beside those that workers hold. ' +
          'It was written with another coding: resume with the spec it belongs to.',
      );
    }
    const others = vectors.filter((vector) => vector !== master);
    this.#inner.importState(master.values, { vectors: others, scalars: own });
    if (parameters.length !== this.#arena.length) {
      throw new RangeError(
        `A vector of ${this.#arena.length} elements was expected, but has ${parameters.length}.`,
      );
    }
    this.#arena.view(this.#held.held).set(parameters);
  }
}
