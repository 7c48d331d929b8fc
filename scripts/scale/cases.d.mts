export const ANSWER_CPU_SECONDS: number;
export const FAN_OUT: number;
/** As docs/scale.md has them between its markers. */
export function tables(): string;
