/** How the run stands, as a gateway is told, for those below it who want to know. */
import type { Standing } from '@shoal/core';
import type { Standings } from '../run/driver/standings.ts';

export class ToldStanding {
  #latest: Standing | null = null;
  /** Epochs that were told of. */
  #epochs = 0;

  /** Null before the first. */
  get latest(): Standing | null {
    return this.#latest;
  }

  /** Epochs that come again are told again: the run has gone back, or the connection is another. */
  hear(standing: Standing, standings: Pick<Standings, 'epochDone' | 'rolledBack'>): void {
    this.#latest = standing;
    for (const record of standing.records) {
      if (record.epoch <= this.#epochs) standings.rolledBack(record.epoch - 1);
      standings.epochDone({
        ...record,
        validationLoss: record.validationLoss,
        validationAccuracy: record.validationAccuracy,
      });
      this.#epochs = record.epoch;
    }
  }
}
