/** What a run tells the outside while it goes: the command line prints these, `--json` writes them one per line. */
import type { DataSetInfo, EpochRecord, Fact, RollbackFact, RunResult, RunSpec } from '@shoal/core';

export type RunReport =
  | {
      readonly type: 'run';
      readonly runId: string;
      readonly folder: string;
      readonly spec: RunSpec;
      readonly dataSet: DataSetInfo;
      readonly parameters: number;
      /** Of the first epoch, and of the whole run; where steps cross epochs, not all epochs have as many. */
      readonly stepsPerEpoch: number;
      readonly stepsInAll: number;
      /** The step a resumed run goes on from; 0 for a new one. */
      readonly resumedFromStep: number;
    }
  | {
      readonly type: 'listening';
      readonly url: string;
      /** The page with control; the link is for the operator alone. */
      readonly dashboardUrl: string;
      /** The page without control. */
      readonly watchUrl: string;
      readonly joinUrl: string;
      /** The join link's token. */
      readonly token: string;
    }
  | {
      readonly type: 'worker';
      readonly event: 'joined' | 'left';
      readonly name: string;
      readonly reason: string;
      readonly workers: number;
    }
  | {
      readonly type: 'step';
      /** From 1, as people count. */
      readonly epoch: number;
      /** Steps done in this epoch and in all. */
      readonly step: number;
      readonly globalStep: number;
      /** Of this epoch. */
      readonly stepsPerEpoch: number;
      /** Mean loss of this step's samples. */
      readonly loss: number;
      readonly learningRate: number;
      readonly gradientNorm: number;
      readonly samplesPerSecond: number;
      readonly workers: number;
    }
  | ({ readonly type: 'epoch' } & EpochRecord)
  | { readonly type: 'notice'; readonly level: 'info' | 'warn'; readonly facts: readonly Fact[] }
  /** The run is back in an earlier state: steps and epochs after it are void. */
  | {
      readonly type: 'rollback';
      /** Complete epochs and steps that remain. */
      readonly epochs: number;
      readonly globalStep: number;
      readonly fact: RollbackFact;
    }
  /** The state after so many steps outlives this machine: a coordinator that comes to lead goes on from there, or later. */
  | { readonly type: 'kept'; readonly step: number; readonly term: number }
  /** How this coordinator stands among those of its cluster. `leader` is the address of the one that leads; null while none is known. */
  | {
      readonly type: 'cluster';
      readonly standing: 'leads' | 'standsBy';
      readonly term: number;
      readonly leader: string | null;
      readonly facts: readonly Fact[];
    }
  /** A verdict on an answer. */
  | { readonly type: 'trust'; readonly level: 'info' | 'warn'; readonly facts: readonly Fact[] }
  | ({ readonly type: 'result' } & RunResult);
