/** Readers that are each within their bound may still leave too much unread together. */

/** Cuts those who are furthest behind, until no more than `bytesMax` bytes wait to be read by all. */
export function cutTheSlowest<T>(
  readers: Iterable<T>,
  options: {
    readonly bytesMax: number;
    readonly bytesWaiting: (reader: T) => number;
    readonly cut: (reader: T) => void;
  },
): void {
  const waiting = [...readers].map((reader) => ({ reader, bytes: options.bytesWaiting(reader) }));
  let sum = waiting.reduce((total, { bytes }) => total + bytes, 0);
  if (sum <= options.bytesMax) return;
  waiting.sort((a, b) => b.bytes - a.bytes);
  for (const { reader, bytes } of waiting) {
    if (sum <= options.bytesMax) return;
    options.cut(reader);
    sum -= bytes;
  }
}
