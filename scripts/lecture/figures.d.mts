import type { RecordsOfPresets } from './records.mjs';

/** Every figure of the page by its name. */
export function figuresOf(records: RecordsOfPresets): Readonly<Record<string, string>>;
/** The page with each figure in its places; `isWhole`: it must have a place for each. */
export function fill(page: string, figures: Readonly<Record<string, string>>, isWhole?: boolean): string;
