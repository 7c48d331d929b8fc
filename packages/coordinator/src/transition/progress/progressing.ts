/** What moving on needs to know of a run. */
import type { Kept } from '../history/keeping.ts';
import type { Placed } from '../placement/placed.ts';

export type Progressing = Placed & Kept;
