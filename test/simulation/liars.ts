/** Workers that do not tell the truth: what each answers to a lease, made from what it could honestly have said. */
import { type ArrayAnswer, type LieName, lie } from '@shoal/worker';
import type { Work } from './computing.ts';

/** `honest` computes any work with any parameters. Asked for anything but the probe, which a clever liar gets right. */
export type Liar = {
  (
    work: Work,
    parameters: Float32Array,
    honest: (work: Work, parameters: Float32Array) => ArrayAnswer[],
  ): ArrayAnswer[];
  /** It has been given this work, and will be asked for the answer when it has computed it. */
  readonly sees?: (work: Work) => void;
};

/** Lies with a probability, else answers as it should. It answers its first lease (the probe) as it should. */
export function liesSometimes(liar: Liar, part: number, draw: () => number): Liar {
  let asked = 0;
  return (work, parameters, honest) => {
    asked += 1;
    return asked > 1 && draw() < part ? liar(work, parameters, honest) : honest(work, parameters);
  };
}

/** Answers so many leases as it should, and is another from then on. */
export function turnsBad(liar: Liar, after: number): Liar {
  let asked = 0;
  return (work, parameters, honest) => {
    asked += 1;
    return asked > after ? liar(work, parameters, honest) : honest(work, parameters);
  };
}

/** The same wrong answer as everybody else who tells this lie, but for noise. */
export function tells(name: LieName, draw: () => number): Liar {
  return (work, parameters, honest) => honest(work, parameters).map((sums) => lie(name, sums, draw));
}

/** Computes with the first parameters it was ever given. */
export function withStaleParameters(): Liar {
  let first: Float32Array | null = null;
  return (work, parameters, honest) => {
    first ??= parameters;
    return honest(work, first);
  };
}

/** Says again what it answered to the first lease of each kind. */
export function replays(): Liar {
  const said = new Map<string, ArrayAnswer>();
  return (work, parameters, honest) =>
    honest(work, parameters).map((sums) => {
      const before = said.get(work.task) ?? sums;
      said.set(work.task, before);
      return { ...sums, loss: before.loss, vector: before.vector?.slice() ?? null };
    });
}

/** What colluders tell each other: who has been given which work, and who has lied about it. */
export class Conspiracy {
  readonly #seen = new Map<string, { readonly waiting: Set<number>; lied: boolean }>();
  lies = 0;
  #members = 0;

  /**
   * One more member, which answers its probe rightly. It lies only about work that another member was given as well and has not answered yet, or has
   * lied about: never when it could be the only one.
   */
  join(lie: Liar): Liar {
    const me = this.#members;
    this.#members += 1;
    let isIn = false;
    const answer: Liar = (work, parameters, honest) => {
      if (!isIn) {
        isIn = true;
        return honest(work, parameters);
      }
      const known = this.#about(work);
      known.waiting.delete(me);
      if (known.waiting.size === 0 && !known.lied) return honest(work, parameters);
      known.lied = true;
      this.lies += 1;
      return lie(work, parameters, honest);
    };
    const sees = (work: Work): void => {
      if (isIn) this.#about(work).waiting.add(me);
    };
    return Object.assign(answer, { sees });
  }

  #about({ task, step, from, to, numbers }: Work) {
    const key = [task, step, from, to, numbers[0]].join(' ');
    const known = this.#seen.get(key) ?? { waiting: new Set(), lied: false };
    this.#seen.set(key, known);
    return known;
  }
}

/** Trains towards the next class instead of the right one. */
export function flipsLabels(classes: number): Liar {
  return (work, parameters, honest) => {
    const { targets } = work.samples;
    const values = targets.values.map((label) => (label + 1) % classes);
    const samples = { ...work.samples, targets: { ...targets, values } };
    return honest({ ...work, samples }, parameters);
  };
}

/** Says of everything that it is not finite. */
export function seesNothingFinite(): Liar {
  return (work, parameters, honest) =>
    honest(work, parameters).map((sums) => ({ ...sums, finite: false, loss: 0, correct: 0, vector: null }));
}

/** Sends numbers that are none, and calls them finite. */
export function sendsNaN(value: number): Liar {
  return (work, parameters, honest) =>
    honest(work, parameters).map((sums) => ({ ...sums, vector: sums.vector?.fill(value) ?? null }));
}

/** Sends one number too few. */
export function sendsTooLittle(): Liar {
  return (work, parameters, honest) =>
    honest(work, parameters).map((sums) => ({ ...sums, vector: sums.vector?.slice(1) ?? null }));
}

/** Honest, on an engine that rounds otherwise. */
export function roundsOtherwise(draw: () => number): Liar {
  return (work, parameters, honest) =>
    honest(work, parameters).map((sums) => ({
      ...sums,
      loss: sums.loss * (1 + 1e-6 * (draw() - 0.5)),
      vector: sums.vector?.map((value) => value * (1 + 1e-4 * (draw() - 0.5))) ?? null,
    }));
}
