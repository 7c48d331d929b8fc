/** Numbers as sentences of either language show them. */

/** Three significant digits are enough for a loss or a norm. */
export const short = (value: number): string => String(Number(value.toPrecision(3)));

/** Whole numbers whole, others with four significant digits. */
export const metricValue = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));

export const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

/** Memory: whole mebibytes, of what is less than nothing none. */
export const mebibytes = (bytes: number): string =>
  `${Math.ceil(Math.max(0, bytes) / (1024 * 1024)).toLocaleString('en')} MiB`;

/** A part of a whole as it was written: 0.05 is `5 %`. */
export const sharePercent = (value: number): string => `${Number((100 * value).toPrecision(6))} %`;
