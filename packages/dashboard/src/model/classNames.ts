/** What the classes of the run are called: their names where the data has some, else their numbers. */
import { run } from '../index/store.ts';

export const className = (label: number): string => run.value?.dataSet.classNames?.[label] ?? String(label);

/** Whether names stand in place of numbers, and want more room. */
export const hasClassNames = (): boolean => run.value?.dataSet.classNames !== undefined;
