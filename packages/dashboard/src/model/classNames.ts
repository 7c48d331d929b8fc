/** What the classes of the run are called: their names where the data has some, else their numbers. */
import { shown } from './shown.ts';

export const className = (label: number): string => shown.value?.dataSet.classNames?.[label] ?? String(label);

/** Names want more room; absent where numbers stand in place of them. */
export const classNames = (): readonly string[] | undefined => shown.value?.dataSet.classNames;
