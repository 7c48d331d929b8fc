export type Place = {
  readonly connections: number;
  readonly downBytes: number;
  readonly upBytes: number;
  readonly seconds: number;
};
export type Step = {
  readonly layers: readonly number[];
  readonly places: readonly Place[];
  readonly ownSeconds: number;
  readonly seconds: number;
  readonly stepsPerSecond: number;
  readonly answersAtTop: number;
};
export function layersOf(volunteers: number, fanOut: number): number[];
export function fanOuts(volunteers: number, layers: readonly number[]): number[];
export function stepOf(options: {
  readonly volunteers: number;
  readonly fanOut: number;
  readonly computeSeconds: number;
  readonly up: number;
  readonly down: number;
  readonly merges: boolean;
  readonly line: { readonly up: number; readonly down: number };
  readonly gatewayLine: number;
  readonly coordinatorLine: number;
}): Step;
export type Parts = Readonly<
  Record<'coordinatorProcessor' | 'coordinatorLine' | 'gatewayLine' | 'volunteerData', number>
>;
export function pressures(
  step: Step,
  use: {
    readonly answerCpuSeconds: number;
    readonly volunteerBytesPerDay: number;
    readonly down: number;
    readonly up: number;
  },
): Parts;
export function firstToBreak(parts: Parts): readonly [name: string, part: number];
