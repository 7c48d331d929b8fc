/** The little of `expect` that comparisons of engines need, for pages, which have no test runner. */
type Expectation = { toBe(wanted: unknown): void; toEqual(wanted: unknown): void };

function expectation(got: unknown, text = ''): Expectation {
  return {
    toBe: (wanted) => {
      if (!Object.is(got, wanted)) throw new Error(`${text}: ${String(got)} should be ${String(wanted)}`);
    },
    toEqual: (wanted) => {
      const fault = unequal(got, wanted);
      if (fault !== null) throw new Error(`${text}: ${fault}`);
    },
  };
}

/** The first field or element that differs, in words; null where none does. */
function unequal(got: unknown, wanted: unknown, place = 'it'): string | null {
  if (Object.is(got, wanted)) return null;
  if (!hasFields(got) || !hasFields(wanted))
    return `${place} is ${String(got)} and should be ${String(wanted)}`;
  for (const name of new Set([...Object.keys(got), ...Object.keys(wanted)])) {
    const fault = unequal(got[name], wanted[name], `${place}.${name}`);
    if (fault !== null) return fault;
  }
  return null;
}

const hasFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

export const expect = Object.assign(expectation, {
  fail: (message: string): never => {
    throw new Error(message);
  },
});
