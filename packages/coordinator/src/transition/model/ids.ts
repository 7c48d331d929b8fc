/** Names of things and kinds of work: what everything else of a run refers to. */

/** Number of a worker's connection in this run; a reconnecting worker gets a new one. */
export type WorkerId = number;
export type LeaseId = number;
/** Handle of a gradient vector in the tensor store. */
export type TensorId = number;
/** Number of a computation that the trusted worker was asked for. */
export type CheckId = number;
/** Number of a state of the run that is kept to go back to. */
export type SnapshotId = number;

/** A lease that a gateway was granted, by the number that it has above. */
export type ErrandId = number;

export type TaskKind = 'gradient' | 'evaluate';
export type SetName = 'train' | 'validation' | 'test';
