import type { RecordsOfPresets } from './records.mjs';

/** Every figure of the page in that language, English by default, by its name. */
export function figuresOf(
  records: RecordsOfPresets,
  language?: 'en' | 'zh',
): Readonly<Record<string, string>>;
/** The page with each figure in its places; it must have a place for each. */
export function fill(page: string, figures: Readonly<Record<string, string>>): string;
