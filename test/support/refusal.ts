/** What bad input gets: a sentence that names the thing, the place and the way out, exit code 2, no stack trace. */
import { expect } from 'vitest';

export function expectRefusal(
  ended: { readonly code: number | null; readonly errors: string; readonly text?: string },
  parts: readonly (string | RegExp)[],
  code = 2,
): void {
  const { errors } = ended;
  expect(errors).not.toMatch(/^\s+at /m);
  expect(errors).not.toMatch(/defect in Shoal/);
  for (const part of parts) {
    if (typeof part === 'string') expect(errors).toContain(part);
    else expect(errors).toMatch(part);
  }
  // Whole sentences: they begin with a capital or with what they speak of, and end with a full stop.
  expect(errors.trim()).toMatch(/[.)]$/);
  expect(ended.code, errors).toBe(code);
}
