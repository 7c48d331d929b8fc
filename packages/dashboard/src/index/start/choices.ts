/** Which names a field offers, so that each can be shown with its term. */
import type { TermKind } from '@shoal/core';
import type { Path } from './draft.ts';

const KINDS: Readonly<Record<string, TermKind>> = {
  numerics: 'numerics',
  'data.source': 'source',
  'data.order': 'ordering',
  'data.table': 'table',
  'model.loss': 'loss',
  'optimizer.type': 'optimizer',
  'steps.type': 'stepRule',
  'steps.outer.type': 'outer',
  'schedule.type': 'schedule',
  'schedule.unit': 'unit',
  'earlyStopping.metric': 'metric',
  initializer: 'initializer',
};

/** Null for a field whose names are of no such kind. */
export function choiceKind(path: Path): TermKind | null {
  const name = path.join('.');
  return Object.hasOwn(KINDS, name) ? (KINDS[name] ?? null) : null;
}
