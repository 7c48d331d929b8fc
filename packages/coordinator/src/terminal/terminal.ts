/** The outputs of this process. Nothing else in Shoal writes to them. */
import { LineWriter } from './lineWriter.ts';

/** Results. */
export const out = new LineWriter(process.stdout);
/** Everything else: errors, the log, progress. */
export const err = new LineWriter(process.stderr);
