/** The figures by which runs are sorted and compared: one table, which lists, pages and the index of runs all read. */

export type FigureKind = 'share' | 'number' | 'count' | 'bytes' | 'seconds';
type Declared = { readonly kind: FigureKind; readonly better: 'higher' | 'lower' | null };

/** `better` is null where neither way is: a longer run is neither good nor bad. */
export const RUN_FIGURES = {
  /** Of the delivered model. */
  testAccuracy: { kind: 'share', better: 'higher' },
  testLoss: { kind: 'number', better: 'lower' },
  /** Of the delivered model; before the end, of the last epoch. */
  valAccuracy: { kind: 'share', better: 'higher' },
  valLoss: { kind: 'number', better: 'lower' },
  /** Of all epochs. */
  bestValAccuracy: { kind: 'share', better: 'higher' },
  bestValLoss: { kind: 'number', better: 'lower' },
  trainAccuracy: { kind: 'share', better: 'higher' },
  trainLoss: { kind: 'number', better: 'lower' },
  /** Of runs that predict numbers. */
  r2: { kind: 'number', better: 'higher' },
  epochs: { kind: 'count', better: null },
  steps: { kind: 'count', better: null },
  /** Trained on, each as often as it was. */
  samples: { kind: 'count', better: null },
  /** To and from workers on other machines, blocks of data among them. */
  bytes: { kind: 'bytes', better: 'lower' },
  seconds: { kind: 'seconds', better: 'lower' },
  samplesPerSecond: { kind: 'number', better: 'higher' },
  parameters: { kind: 'count', better: 'lower' },
} as const satisfies Record<string, Declared>;

export type RunFigure = keyof typeof RUN_FIGURES;

export const RUN_FIGURE_NAMES = Object.keys(RUN_FIGURES) as readonly RunFigure[];

export const isRunFigure = (name: string): name is RunFigure => Object.hasOwn(RUN_FIGURES, name);

/** Null where it was not measured, or not yet. */
export type RunFigureValues = Readonly<Record<RunFigure, number | null>>;
