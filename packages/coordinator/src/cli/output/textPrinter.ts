/** Reports as text: a line for each epoch and, on a terminal, a bar that moves with every step. */
import { counted, type EpochRecord, sentences, unreachable } from '@shoal/core';
import cliProgress from 'cli-progress';
import { renderUnicodeCompact } from 'uqr';
import type { RunReport } from '../../news/reports.ts';
import type { LineWriter } from '../../terminal/lineWriter.ts';
import { figure, grouped } from './format.ts';
import type { Printer } from './printer.ts';
import { epochText, layerNormsText, linksText, resultText, runText } from './reportText.ts';

/** A run of more epochs than this has only some of them printed: about so many lines. */
const EPOCH_LINES_MAX = 40;
/** Shorter epochs would make the bar flicker. */
const BAR_STEPS_MIN = 8;

export type TextPrinterOptions = {
  /** On a terminal there are also a progress bar and a QR code. */
  readonly out: LineWriter;
};

export class TextPrinter implements Printer {
  readonly #options: TextPrinterOptions;
  #bar: cliProgress.SingleBar | null = null;
  #epochs = 0;
  #isOfNumbers = false;
  #unprinted: EpochRecord | null = null;
  #ended = false;

  constructor(options: TextPrinterOptions) {
    this.#options = options;
  }

  report(report: RunReport): void {
    switch (report.type) {
      case 'run':
        this.#epochs = report.spec.epochs;
        this.#isOfNumbers = report.spec.model.loss === 'squared_error';
        this.#ended = false;
        this.#unprinted = null;
        this.say(...runText(report));
        return;
      case 'listening':
        this.say(...linksText(report));
        if (this.#options.out.isTerminal) this.say(...qrCode(report.joinUrl));
        return;
      case 'worker':
        // Workers that leave when the run is over are no news.
        if (this.#ended) return;
        this.say(`${report.name} ${report.event}: ${report.reason} ${workersText(report.workers)}`);
        return;
      case 'step':
        this.#step(report);
        return;
      case 'epoch':
        this.#epoch(report);
        return;
      case 'rollback':
        // The epoch that waits to be printed may be one that is computed again; why, a verdict says.
        if (this.#unprinted !== null && this.#unprinted.epoch > report.epochs) this.#unprinted = null;
        return;
      case 'kept':
        return;
      case 'cluster':
        this.say(sentences(report.facts, 'en'));
        return;
      case 'trust':
      case 'notice':
        this.say(`${report.level === 'warn' ? 'Warning: ' : ''}${sentences(report.facts, 'en')}`);
        return;
      case 'result':
        if (this.#unprinted !== null) this.#printEpoch(this.#unprinted);
        this.#ended = true;
        this.say(...resultText(report));
        return;
      default:
        return unreachable(report);
    }
  }

  say(...sentences: readonly string[]): void {
    this.pause();
    this.#options.out.lines(...sentences);
  }

  pause(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #epoch(record: EpochRecord): void {
    const every = Math.ceil(this.#epochs / EPOCH_LINES_MAX);
    if (record.epoch === 1 || record.epoch % every === 0) this.#printEpoch(record);
    else this.#unprinted = record;
  }

  #printEpoch(record: EpochRecord): void {
    this.#unprinted = null;
    this.say(epochText(record, this.#epochs, this.#isOfNumbers));
    const norms = layerNormsText(record);
    if (norms !== null) this.say(norms);
  }

  #step(report: Extract<RunReport, { type: 'step' }>): void {
    const { out } = this.#options;
    if (!out.isTerminal || report.stepsPerEpoch < BAR_STEPS_MIN) return;
    const shown = {
      epoch: `${report.epoch}/${this.#epochs}`,
      loss: figure(report.loss),
      rate: grouped(report.samplesPerSecond),
      workers: report.workers,
    };
    if (this.#bar === null) {
      this.#bar = new cliProgress.SingleBar({
        format:
          'epoch {epoch} {bar} {value}/{total}  loss {loss}  {rate} samples/s  {workers} workers  {eta_formatted} left',
        // The bar draws with codes of its own; all that it shows are figures made here.
        stream: out.stream,
        barsize: 24,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        hideCursor: true,
        clearOnComplete: true,
        gracefulExit: false,
        fps: 8,
      });
      this.#bar.start(report.stepsPerEpoch, report.step, shown);
    }
    this.#bar.update(report.step, shown);
  }
}

const workersText = (count: number): string => `(${counted(count, 'worker')} now)`;
const qrCode = (text: string): string[] =>
  renderUnicodeCompact(text)
    .split('\n')
    .map((row) => `    ${row}`);
