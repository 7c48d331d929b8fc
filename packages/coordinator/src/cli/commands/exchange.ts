/** `shoal exchange`: what a spec could let travel, what each of these costs on lines like these, and which suits them. */
import {
  ASSUMED_LINE,
  choicesOf,
  compileModel,
  crowdOf,
  type ExchangeName,
  expectedTrainCount,
  flopsPerSample,
} from '@shoal/core';
import { out } from '../../terminal/terminal.ts';
import { initialFromOptions } from '../initialFromOptions.ts';
import type { SpecOptions } from '../options.ts';
import { columns } from '../output/format.ts';
import { specFromOptions } from '../specFromOptions.ts';

export type ExchangeOptions = SpecOptions & {
  readonly remoteWorkers: number;
  /** Megabits a second of each worker's line, and of the coordinator's. */
  readonly up: number;
  readonly down: number;
  readonly bandwidth: number;
  readonly json?: boolean;
};

const WORDS: Readonly<Record<ExchangeName, string>> = {
  gradients: 'gradients of every step, in full',
  shortGradients: 'gradients of every step, in 8 bits',
  rounds: 'rounds of local steps, in few bits',
};

export async function tellExchanges(options: ExchangeOptions): Promise<number> {
  const spec = await specFromOptions(options, 'mnist-mlp', await initialFromOptions(undefined, 'runs'));
  const model = compileModel(spec.model);
  if (options.printConfig === true) {
    out.json(spec, 2);
    return 0;
  }
  const { participants } = crowdOf({
    ...{ flopsPerSample: flopsPerSample(model), workers: [], measuredFlops: null },
    remoteWorkers: options.remoteWorkers,
    assumedLine: {
      upBitsPerSecond: options.up * 1e6,
      downBitsPerSecond: options.down * 1e6,
      rttSeconds: ASSUMED_LINE.rttSeconds,
    },
  });
  const count = expectedTrainCount(spec);
  const choices = choicesOf(spec, model, count, participants, options.bandwidth * 1e6);
  if (options.json === true) {
    for (const choice of choices.all) {
      const { name, bytesPerEpoch, epochSeconds, estimate } = choice;
      const { steps, coding } = choice.spec;
      out.json({
        ...{ type: 'exchange', name, steps, coding, bytesPerEpoch, epochSeconds },
        ...{ computingShare: estimate.computingShare, usefulWorkers: estimate.usefulWorkers },
        ...{ written: choice === choices.written, recommended: choice === choices.recommended },
      });
    }
    return 0;
  }
  const rows = choices.all.map((choice) => [
    choice.name === null ? 'as the spec has it' : WORDS[choice.name],
    `${megabytes(choice.bytesPerEpoch)} an epoch`,
    `${choice.epochSeconds.toPrecision(3)} s an epoch`,
    `${choice.estimate.usefulWorkers} of ${participants.length} workers useful`,
    [choice === choices.written && 'written', choice === choices.recommended && 'recommended']
      .filter((word) => word !== false)
      .join(', '),
  ]);
  out.lines(
    `${spec.name} with ${participants.length} workers behind ${options.up} Mbit/s up and ${options.down} down, an estimate:`,
    ...columns(rows),
  );
  return 0;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toPrecision(3)} MB`;
