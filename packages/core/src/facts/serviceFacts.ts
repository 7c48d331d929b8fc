/** What a coordinator has to tell of itself, apart from runs: its addresses, its pages, its data. */

import type { DataSourceName } from '../data/sources.ts';

export type ServiceFact =
  | DataFoundFact
  /** Of what was just said, since it was last told. */
  | { readonly type: 'moreLikeThis'; readonly more: number }
  /** `why` is for people at a terminal: the end of an English sentence. */
  | { readonly type: 'terminalClosed'; readonly why: string }
  | { readonly type: 'outputLost'; readonly code: string; readonly readerIsGone: boolean }
  /** The machine has IPv6 addresses only, and the coordinator listens on IPv4. */
  | { readonly type: 'listensOnIpv4Only' }
  /** Pages of more than so many origins were refused; further ones are not told. */
  | { readonly type: 'originsUntold'; readonly origins: number }
  /** `card` is the part of the page; `more` were not written down before it. */
  | {
      readonly type: 'pageFailed';
      readonly card: string;
      readonly role: string;
      readonly problem: string;
      readonly at: string | null;
      readonly more: number;
    }
  | { readonly type: 'socketsFull'; readonly most: number }
  | ClusterFact;

/** Of a coordinator that is one of several. */
export type ClusterFact =
  /** It leads from now on, in this term. */
  | { readonly type: 'clusterLed'; readonly term: number }
  /** It led, and another does by now; `leader` is its address, null while it is not known. */
  | { readonly type: 'clusterLeft'; readonly leader: string | null }
  /** What is to be kept waits. */
  | { readonly type: 'clusterAway' }
  | { readonly type: 'clusterBack' }
  | { readonly type: 'clusterForgetful'; readonly version: string }
  /** The run that was to be gone on with cannot be, here; `problem` is a whole English sentence. */
  | { readonly type: 'clusterRunStuck'; readonly runId: string; readonly problem: string };

/** How a data set was found. `detail` is for whoever has to mend it: whole English sentences. */
export type DataFoundFact =
  /** `detail` has the folders with what was found in each, in English. */
  | {
      readonly type: 'mnistLookedFor';
      readonly folders: readonly string[];
      readonly detail: string;
    }
  /** The built-in digits take the place of MNIST. */
  | { readonly type: 'digitsInstead'; readonly why: 'noDownload' | 'downloadFailed' | 'unreadable' }
  /** Files that are no MNIST were taken; `label` is the number that is to be predicted. */
  | {
      readonly type: 'dataTaken';
      readonly place: string;
      readonly source: DataSourceName;
      readonly train: number;
      /** 0 where none are set apart in the files. */
      readonly validation: number;
      readonly test: number;
      readonly shape: readonly number[];
      readonly classes: number;
      readonly label: string | null;
    }
  | { readonly type: 'dataUnusable'; readonly detail: string }
  | { readonly type: 'dataNoted'; readonly detail: string }
  | { readonly type: 'downloadNoted'; readonly detail: string };
