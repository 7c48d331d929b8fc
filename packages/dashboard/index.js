/** Where the built page lies, for whoever serves it. */
import { fileURLToPath } from 'node:url';

/** The script of pages that a model is exported to. */
export const standaloneScript = fileURLToPath(new URL('./dist/standalone/shoal-predict.js', import.meta.url));

export const pageFolder = fileURLToPath(new URL('./dist/', import.meta.url));
