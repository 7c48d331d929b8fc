/** The record of a run in a cluster, as the broker keeps it: where the content of each of its files is; and what contents are called. */
import * as v from 'valibot';

const fileSchema = v.object({
  /** In which it was written. */
  term: v.number(),
  /** Contents, one after another … */
  parts: v.array(v.string()),
  /** … and the end, in base64. */
  tail: v.string(),
});

const recordSchema = v.object({
  term: v.number(),
  /** Who wrote it, and its how many-eth write: it tells a writer that its write came through. */
  writer: v.string(),
  serial: v.number(),
  files: v.record(v.string(), fileSchema),
});

export type KeptFile = v.InferOutput<typeof fileSchema>;
export type RunRecord = v.InferOutput<typeof recordSchema>;
export type Files = Readonly<Record<string, KeptFile>>;

/** What is of no run. */
export const COMMON = '';

/** Keys of runs begin so. */
export const RUN = 'run.';
export const keyOf = (runId: string): string => (runId === COMMON ? 'common' : RUN + runId);

export const emptyRecord = (writer: string): RunRecord => ({ term: 0, writer, serial: 0, files: {} });
export const encode = (record: RunRecord): Uint8Array => Buffer.from(JSON.stringify(record));
export const decode = (value: Uint8Array): RunRecord =>
  v.parse(recordSchema, JSON.parse(new TextDecoder().decode(value)));

/** Of a content, unlike all others. */
export const contentName = (term: number, id: string, serial: number): string => `${term}-${id}-${serial}`;
/** In which it was put. */
export const termOfContent = (name: string): number =>
  Number.parseInt(name.slice(name.lastIndexOf('/') + 1), 10);
