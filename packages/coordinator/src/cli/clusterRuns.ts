/**
 * A coordinator that is one of a cluster: it stands by until it leads, and then goes on with the run that is to go on, or
 * starts the one that it was given, or waits for one to be started on its page.
 */
import type { DataSet, Fact, RunSpec } from '@shoal/core';
import type { ClusterMember } from '../cluster/member.ts';
import { readRun } from '../run/folder/runFolder.ts';
import { ClusterLife } from '../service/clusterLife.ts';
import type { OpenCoordinator } from '../service/openCoordinator.ts';
import { readQueue } from '../service/waitingList.ts';
import { openMember } from './clusterOptions.ts';
import { loadData, wishOf } from './dataFromOptions.ts';
import { type EndSignal, exitCodeOf, Interrupt } from './interrupt.ts';
import { openBrowser } from './openBrowser.ts';
import { openFromOptions } from './openFromOptions.ts';
import type { DataOptions, RunOptions } from './options.ts';
import { goOnWithoutReader } from './outputLoss.ts';
import { printerFor, printLinks, reportsTo } from './printing.ts';
import { endCoordinator } from './runToEnd.ts';

/** The run that is started where none is to be gone on with; with it everything ends. */
export type GivenRun = {
  readonly spec: RunSpec;
  readonly dataSet: DataSet;
  readonly notices: readonly Fact[];
  /** The file that the spec names to begin with; null where it names none. */
  readonly initial: Uint8Array | null;
};

/** @returns the exit code: 0 ended as it was told to, or with its run; 1 the run failed; above 128 interrupted */
export async function serveCluster(
  options: DataOptions & RunOptions,
  given: GivenRun | null,
): Promise<number> {
  const printer = printerFor(options, true);
  const member = await openMember(options);
  try {
    const open = await openFromOptions(options, {
      ...{ folder: null, staysOpen: given === null, spec: given?.spec ?? null, member },
    });
    let end: (code: number) => void = () => {};
    const ended = new Promise<number>((resolve) => {
      end = resolve;
    });
    let askToEnd: (signal: EndSignal) => void = () => {};
    const interrupted = new Promise<EndSignal>((resolve) => {
      askToEnd = resolve;
    });
    const note = (fact: Fact): void => open.coordinator.remark(fact);
    const interrupt = new Interrupt((signal) => askToEnd(signal), note);
    goOnWithoutReader(note);
    open.news.subscribe(reportsTo(printer, options), { prints: true });
    printLinks(open, printer);
    const version = member.forgetful;
    if (version !== null) open.coordinator.notice({ type: 'clusterForgetful', version });
    const ready = new ReadyRun(member, options);
    const life = new ClusterLife({
      ...{ member, access: open.access, news: open.news },
      ...{ coordinator: open.coordinator, address: open.addresses.url },
      lead: (runId) => lead(runId, { open, member, options, given, ready, end }),
      lost: () => open.service.queue.abandon(),
      prepare: (runId) => ready.prepare(runId),
    });
    try {
      if (options.open === true) openBrowser(open.links.dashboard);
      const outcome = await Promise.race([ended, interrupted]);
      if (typeof outcome === 'number') {
        await open.coordinator.lastCall();
        return outcome;
      }
      // Whoever leads next goes on with the run.
      life.isLeaving = true;
      await endCoordinator(open, outcome);
      return given === null && outcome !== 'SIGHUP' ? 0 : exitCodeOf(outcome);
    } finally {
      life.close();
      printer.pause();
      await open.close();
      interrupt.release();
    }
  } finally {
    await member.close();
  }
}

type Leading = {
  readonly open: OpenCoordinator;
  readonly member: ClusterMember;
  readonly options: DataOptions & RunOptions;
  readonly given: GivenRun | null;
  readonly ready: ReadyRun;
  readonly end: (code: number) => void;
};

async function lead(
  runId: string | null,
  { open, member, options, given, ready, end }: Leading,
): Promise<void> {
  const { coordinator, locals } = open;
  const unfinished = runId === null || (await isTrial(runId, member)) ? null : await takenUp(runId, member);
  if (unfinished !== null) {
    const { dataSet, notices } = await ready.of(unfinished);
    await begin({ type: 'resume', runId: unfinished, dataSet }, notices);
  } else if (given !== null) {
    // It was started to carry out one run, which another coordinator has brought to its end meanwhile.
    if (member.hasSeenAnEnd) return end(0);
    const { spec, dataSet, notices, initial } = given;
    await begin({ type: 'new', spec, dataSet, initial }, notices);
  }
  // Those of an earlier time of leading are still there.
  if (locals.views.length === 0) locals.start(options.workers);
  if (given === null) await open.service.queue.load();

  async function begin(
    start: Parameters<typeof coordinator.open>[0],
    notices: readonly Fact[],
  ): Promise<void> {
    const run = await coordinator.open(start);
    coordinator.start(run);
    for (const fact of notices) coordinator.notice(fact);
    if (given === null) return;
    void run.finished.then(async ({ state }) => {
      if (state !== 'stopped') await member.ends(run.record.runId).catch(() => {});
      const isWell = state === 'stopped' ? !run.gaveUp : state === 'finished' && run.isDelivered;
      end(isWell ? 0 : 1);
    });
  }
}

/** The data of the run that goes on elsewhere, loaded before it has to go on here. */
class ReadyRun {
  readonly #member: ClusterMember;
  readonly #options: DataOptions;
  #kept: { readonly runId: string; readonly loaded: ReturnType<ReadyRun['of']> } | null = null;

  constructor(member: ClusterMember, options: DataOptions) {
    this.#member = member;
    this.#options = options;
  }

  prepare(runId: string): void {
    const loaded = this.#load(runId);
    this.#kept = { runId, loaded };
    // Tried again when it is needed, and told then.
    loaded.catch(() => {
      if (this.#kept?.loaded === loaded) this.#kept = null;
    });
  }

  async of(runId: string): Promise<Awaited<ReturnType<typeof loadData>>> {
    return this.#kept?.runId === runId ? this.#kept.loaded : this.#load(runId);
  }

  async #load(runId: string) {
    const { root, files } = this.#member;
    const record = await readRun(root, runId, files);
    return loadData(record.spec.data, this.#options, wishOf(record));
  }
}

/** Whether it is a trial of the sweep that goes on, which goes on with it as far as that needs. */
async function isTrial(runId: string, { files, root }: ClusterMember): Promise<boolean> {
  // A queue that cannot be read is told of when it is taken up.
  const left = await readQueue(files, root).catch(() => null);
  return left?.going?.kind === 'sweep' && runId.startsWith(`${left.going.id}-`);
}

/** Null where it has ended, though nobody has said so. */
async function takenUp(runId: string, member: ClusterMember): Promise<string | null> {
  await member.files.take(runId);
  const { result } = await readRun(member.root, runId, member.files);
  if (result === null) return runId;
  await member.ends(runId);
  return null;
}
