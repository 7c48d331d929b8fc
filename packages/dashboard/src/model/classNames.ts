/** What the classes of the run are called: their names where the data has some, else their numbers. */
import { shown } from './shown.ts';

export const className = (label: number): string => shown.value?.dataSet.classNames?.[label] ?? String(label);

/** Whether names stand in place of numbers, and want more room. */
export const hasClassNames = (): boolean => shown.value?.dataSet.classNames !== undefined;
