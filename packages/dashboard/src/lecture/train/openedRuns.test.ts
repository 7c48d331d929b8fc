import { compileModel } from '@shoal/core';
import { expect, test } from 'vitest';
import { openedRuns } from './openedRuns.ts';

test.each(Object.entries(openedRuns))(
  '%s opens a run whose data every machine can make',
  (_scene, specOf) => {
    const spec = specOf();
    expect(['table', 'digits']).toContain(spec.data.source);
    expect(compileModel(spec.model).trainableLength).toBeGreaterThan(0);
  },
);
