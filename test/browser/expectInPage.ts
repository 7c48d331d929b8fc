/** The little of `expect` that comparisons of engines need, for pages, which have no test runner. */
type Expectation = { toBe(wanted: unknown): void };

function expectation(got: unknown, text = ''): Expectation {
  return {
    toBe: (wanted) => {
      if (!Object.is(got, wanted)) throw new Error(`${text}: ${String(got)} should be ${String(wanted)}`);
    },
  };
}

export const expect = Object.assign(expectation, {
  fail: (message: string): never => {
    throw new Error(message);
  },
});
