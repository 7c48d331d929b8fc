/** A race as the pages of one browser tell each other of it. */
export type Race = {
  /** The optimizer of each run. */
  readonly optimizers: readonly string[];
  /** Names of the runs that the coordinator has taken, in the same order. */
  readonly runIds: readonly string[];
};

const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** As another page has written it; null for anything else. */
export function raceIn(text: string | null): Race | null {
  try {
    const { optimizers, runIds } = JSON.parse(text ?? 'null') as Record<string, unknown>;
    if (!isNames(optimizers) || !isNames(runIds) || runIds.length > optimizers.length) return null;
    return { optimizers, runIds };
  } catch {
    return null;
  }
}
