/**
 * Kept files in a cluster. A run is one record, which says of each file where its content is, and contents that never
 * change. What is written counts once the record names it, and the record is written by its revision: a leader that begins
 * writes its term into it, and no older one gets anything into it from then on. What is to be written belongs to the term in
 * which it was asked for: it is not written in a later one, not even by the same coordinator, which may have led, been cut off
 * while another led, and lead again.
 */
import type { KeptFiles } from '../files/keptFiles.ts';
import type { Broker } from './broker.ts';
import {
  COMMON,
  contentName,
  decode,
  emptyRecord,
  encode,
  type Files,
  type KeptFile,
  keyOf,
  RUN,
  type RunRecord,
  termOfContent,
} from './clusterRecord.ts';
import { TermOver } from './leadership.ts';
import { Patience, type PatienceOptions } from './patience.ts';

/** What lies in the record itself; longer content lies in the object store. */
const INLINE_BYTES_MAX = 16 * 1024;
/** Pieces of a file that grows, before they are made one. */
const PARTS_MAX = 32;
/** How often, and how many milliseconds apart, content is looked for that a record names and that was not found. */
const LOOKS_MAX = 10;
const LOOK_MS = 100;
/** Terms are counted from 1. */
const NO_TERM = 0;

type Held = { record: RunRecord; revision: number };

/** What is written has to be written by whoever leads. */
export interface Leading {
  /** Null unless this coordinator leads. */
  term(): number | null;
  /** A run begins in this term: rejects where it is over. */
  begins(runId: string, term: number): Promise<void>;
  /** Another was seen to lead. */
  overtaken(): void;
}

export type ClusterFilesOptions = PatienceOptions & {
  readonly broker: Broker;
  /** The path by which all of it is known; what is below it is a run by its name, and what is in that. */
  readonly root: string;
  /** Of this process, unlike all others. */
  readonly id: string;
  readonly leading: Leading;
  /** What is longer does not lie in the record itself; 16 KiB when absent. */
  readonly inlineBytesMax?: number;
};

const lost = (file: string): Error =>
  new Error(
    `The content of ${file} is not in the cluster: its servers have lost it. Restore its buckets from a copy, or start the run anew.`,
  );

export class ClusterFiles implements KeptFiles {
  readonly #options: ClusterFilesOptions;
  /** Records that this coordinator has written its term into. */
  readonly #held = new Map<string, Held>();
  /** Changes of a record, one after another. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #inlineBytesMax: number;
  readonly #patience: Patience;
  #contents = 0;

  constructor(options: ClusterFilesOptions) {
    this.#options = options;
    this.#patience = new Patience(options);
    this.#inlineBytesMax = options.inlineBytesMax ?? INLINE_BYTES_MAX;
  }

  /** A new term, or none: what was held is held no longer. */
  termChanged(): void {
    this.#held.clear();
  }

  /** Lays down what all coordinators are to begin with: whoever is first, does; the others find it. */
  async found(name: string, content: string): Promise<void> {
    const { records } = this.#options.broker;
    const tail = Buffer.from(content).toString('base64');
    const record = { ...emptyRecord(this.#options.id), files: { [name]: { term: 0, parts: [], tail } } };
    await this.#patience.insist(() => records.put(keyOf(COMMON), encode(record), 0));
  }

  /** Nothing is tried again any more. */
  close(): void {
    this.#patience.close();
  }

  /** The same files for one term: what is written through them is refused once it is over. */
  inTerm(term: number): KeptFiles {
    const append = (file: string, content: string | Uint8Array) => this.#append(term, file, content);
    const files: KeptFiles = {
      read: (file) => this.read(file),
      list: (folder) => this.list(folder),
      mark: (folder) => this.mark(folder),
      make: () => this.make(),
      replace: (file, content) => this.#replace(term, file, content),
      append,
      jot: (file, text) => void append(file, text).catch(() => {}),
      remove: (file) => this.#remove(term, file),
      discard: (folder) => this.#discard(term, folder),
      asOfNow: () => files,
    };
    return files;
  }

  asOfNow(): KeptFiles {
    return this.inTerm(this.#options.leading.term() ?? NO_TERM);
  }

  /**
   * From now on what an older leader still writes for this run is refused; contents of earlier terms that nothing names are
   * removed. To be called before anything is read that is to be gone on with.
   */
  async take(runId: string, term = this.#term()): Promise<void> {
    const { record } = await this.#inTurn(runId, () => this.#hold(runId, term));
    const named = new Set(Object.values(record.files).flatMap(({ parts }) => parts));
    const { contents } = this.#options.broker;
    for (const name of await this.#patience.insist(() => contents.names())) {
      // Whoever slept here finds what a later leader has put and named since.
      if (!name.startsWith(`${runId}/`) || named.has(name) || termOfContent(name) >= record.term) continue;
      await contents.remove(name).catch(() => {});
    }
  }

  async read(file: string): Promise<Uint8Array | null> {
    const { runId, name } = this.#placeOf(file);
    for (let look = 1; ; look += 1) {
      const kept = (await this.#filesOf(runId))[name];
      if (kept === undefined) return null;
      const content = await this.#contentOf(kept);
      if (content !== null) return content;
      // It was replaced meanwhile, or has not come to this server of the broker yet.
      if (look === LOOKS_MAX) throw lost(file);
      await this.#options.wait(LOOK_MS);
    }
  }

  async replace(file: string, content: Uint8Array | string): Promise<void> {
    return this.#replace(this.#term(), file, content);
  }

  async append(file: string, content: string | Uint8Array): Promise<void> {
    return this.#append(this.#term(), file, content);
  }

  async remove(file: string): Promise<void> {
    return this.#remove(this.#term(), file);
  }

  async discard(folder: string): Promise<void> {
    return this.#discard(this.#term(), folder);
  }

  async #replace(term: number, file: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const { runId, name } = this.#placeOf(file);
    await this.#inTurn(runId, async () => {
      await this.#hold(runId, term);
      await this.#exchange(term, runId, name, await this.#keep(runId, name, term, bytes));
    });
  }

  async #append(term: number, file: string, content: string | Uint8Array): Promise<void> {
    const { runId, name } = this.#placeOf(file);
    await this.#inTurn(runId, async () => {
      const { files } = (await this.#hold(runId, term)).record;
      const before = files[name] ?? { term, parts: [], tail: '' };
      const tail = Buffer.concat([
        Buffer.from(before.tail, 'base64'),
        typeof content === 'string' ? Buffer.from(content) : content,
      ]);
      if (tail.length <= this.#inlineBytesMax) {
        return this.#exchange(term, runId, name, { ...before, term, tail: tail.toString('base64') });
      }
      if (before.parts.length < PARTS_MAX) {
        const part = await this.#keep(runId, name, term, tail);
        return this.#exchange(term, runId, name, { term, parts: [...before.parts, ...part.parts], tail: '' });
      }
      const whole = await this.#contentOf({ ...before, tail: tail.toString('base64') });
      if (whole === null) throw lost(file);
      return this.#exchange(term, runId, name, await this.#keep(runId, name, term, whole));
    });
  }

  jot(file: string, text: string): void {
    this.append(file, text).catch(() => {});
  }

  async #remove(term: number, file: string): Promise<void> {
    const { runId, name } = this.#placeOf(file);
    await this.#inTurn(runId, async () => {
      if (Object.hasOwn(await this.#filesOf(runId), name)) await this.#exchange(term, runId, name, null);
    });
  }

  async list(folder: string): Promise<{ readonly files: string[]; readonly folders: string[] }> {
    const path = this.#below(folder);
    if (path === null) throw new Error(`${folder} is not in the cluster.`);
    const [runId = COMMON, ...inside] = path;
    const prefix = inside.map((part) => `${part}/`).join('');
    const names = Object.keys(await this.#filesOf(runId))
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    const files = names.filter((name) => !name.includes('/')).sort();
    if (runId === COMMON) return { files, folders: await this.#runIds() };
    const folders = [
      ...new Set(names.filter((name) => name.includes('/')).map((name) => name.split('/')[0])),
    ];
    return { files, folders: folders.filter((name) => name !== undefined).sort() };
  }

  /** Every change writes the record. */
  async mark(folder: string): Promise<string | null> {
    const [runId] = this.#below(folder) ?? [];
    if (runId === undefined) throw new Error(`${folder} is no run.`);
    const { records } = this.#options.broker;
    const entry = await this.#patience.reading(() => records.get(keyOf(runId)));
    return entry === null ? null : String(entry.revision);
  }

  /** Folders are there as far as there is something in them. */
  async make(): Promise<void> {}

  async #discard(term: number, folder: string): Promise<void> {
    const [runId] = this.#below(folder) ?? [];
    if (runId === undefined) throw new Error(`${folder} is no run.`);
    await this.#inTurn(runId, async () => {
      const { records, contents } = this.#options.broker;
      let { record, revision } = await this.#hold(runId, term);
      this.#held.delete(runId);
      while (!(await this.#patience.insist(() => records.remove(keyOf(runId), revision)))) {
        if ((await this.#patience.insist(() => records.get(keyOf(runId)))) === null) break;
        ({ record, revision } = await this.#hold(runId, term));
        this.#held.delete(runId);
      }
      for (const { parts } of Object.values(record.files)) {
        for (const part of parts) await contents.remove(part).catch(() => {});
      }
    });
  }

  /* ── Places ──────────────────────────────────────────────────────────── */

  #placeOf(file: string): { readonly runId: string; readonly name: string } {
    const path = this.#below(file);
    const [first, ...rest] = path ?? [];
    if (first === undefined) throw new Error(`${file} is not in the cluster.`);
    return rest.length === 0 ? { runId: COMMON, name: first } : { runId: first, name: rest.join('/') };
  }

  #below(path: string): string[] | null {
    const plain = path.replaceAll('\\', '/');
    const { root } = this.#options;
    if (plain === root) return [];
    return plain.startsWith(`${root}/`) ? plain.slice(root.length + 1).split('/') : null;
  }

  async #runIds(): Promise<string[]> {
    const { records } = this.#options.broker;
    const keys = await this.#patience.reading(() => records.keys(RUN));
    return keys.map((key) => key.slice(RUN.length));
  }

  /* ── Reading ─────────────────────────────────────────────────────────── */

  async #filesOf(runId: string): Promise<Files> {
    const held = this.#held.get(runId);
    if (held !== undefined) return held.record.files;
    const { records } = this.#options.broker;
    const entry = await this.#patience.reading(() => records.get(keyOf(runId)));
    return entry === null ? {} : decode(entry.value).files;
  }

  async #contentOf({ parts, tail }: Pick<KeptFile, 'parts' | 'tail'>): Promise<Uint8Array | null> {
    const { contents } = this.#options.broker;
    const pieces: Uint8Array[] = [];
    for (const part of parts) {
      const piece = await this.#patience.reading(() => contents.get(part));
      if (piece === null) return null;
      pieces.push(piece);
    }
    return Buffer.concat([...pieces, Buffer.from(tail, 'base64')]);
  }

  /* ── Writing ─────────────────────────────────────────────────────────── */

  #inTurn<T>(runId: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(runId) ?? Promise.resolve()).then(act);
    this.#turns.set(
      runId,
      turn.catch(() => {}),
    );
    return turn;
  }

  /** The record with this term in it. */
  async #hold(runId: string, term: number): Promise<Held> {
    this.#check(term);
    const known = this.#held.get(runId);
    if (known !== undefined && known.record.term === term) return known;
    const { records } = this.#options.broker;
    for (;;) {
      const entry = await this.#patience.insist(() => records.get(keyOf(runId)));
      if (entry === null && runId !== COMMON) await this.#options.leading.begins(runId, term);
      const found = entry === null ? null : decode(entry.value);
      const held = { record: found ?? emptyRecord(this.#options.id), revision: entry?.revision ?? 0 };
      if (held.record.term > term) this.#overtaken(held.record.term);
      if (await this.#commit(term, runId, held, held.record.files)) {
        this.#check(term);
        this.#held.set(runId, held);
        return held;
      }
    }
  }

  /** Content that can be named from now on. */
  async #keep(runId: string, name: string, term: number, bytes: Uint8Array): Promise<KeptFile> {
    if (bytes.length <= this.#inlineBytesMax) {
      return { term, parts: [], tail: Buffer.from(bytes).toString('base64') };
    }
    const { broker, id } = this.#options;
    for (;;) {
      this.#contents += 1;
      const part = `${runId}/${name}/${contentName(term, id, this.#contents)}`;
      // What was not put whole is put anew, under another name.
      if (await this.#patience.insist(() => broker.contents.put(part, bytes).then(() => true), false)) {
        return { term, parts: [part], tail: '' };
      }
      await broker.contents.remove(part).catch(() => {});
    }
  }

  /** Names other content for the file, null for none, and removes what is named no longer. */
  async #exchange(term: number, runId: string, name: string, file: KeptFile | null): Promise<void> {
    const held = await this.#hold(runId, term);
    const { [name]: before, ...others } = held.record.files;
    const files = file === null ? others : { ...others, [name]: file };
    if (!(await this.#commit(term, runId, held, files))) {
      // Somebody else has written it, who may only be somebody who leads by now.
      this.#held.delete(runId);
      return this.#exchange(term, runId, name, file);
    }
    const gone = (before?.parts ?? []).filter((part) => file?.parts.includes(part) !== true);
    for (const part of gone) await this.#options.broker.contents.remove(part).catch(() => {});
  }

  /** Writes the record. @returns false where it is another's by now; rejects where its writer leads */
  async #commit(term: number, runId: string, held: Held, files: Files): Promise<boolean> {
    const { broker, id } = this.#options;
    const record = { term, writer: id, serial: held.record.serial + 1, files: { ...files } };
    const isWritten = ({ writer, serial, term }: RunRecord): boolean =>
      writer === id && serial === record.serial && term === record.term;
    for (;;) {
      this.#check(term);
      const revision = await this.#patience.insist(
        () => broker.records.put(keyOf(runId), encode(record), held.revision),
        'unknown',
      );
      if (typeof revision === 'number') {
        Object.assign(held, { record, revision });
        return true;
      }
      const entry = await this.#patience.insist(() => broker.records.get(keyOf(runId)));
      const found = entry === null ? null : decode(entry.value);
      if (found !== null && found.term > record.term) this.#overtaken(found.term);
      if (entry !== null && found !== null && isWritten(found)) {
        Object.assign(held, { record, revision: entry.revision });
        return true;
      }
      // Not written after all, unless what was read is old; then the next attempt tells.
      if (revision === null || (entry?.revision ?? 0) !== held.revision) return false;
    }
  }

  #term(): number {
    const term = this.#options.leading.term();
    if (term === null) throw new TermOver();
    return term;
  }

  /** @throws TermOver where this term is over */
  #check(term: number): void {
    if (this.#options.leading.term() !== term) throw new TermOver();
  }

  /** A term after the writer's, which may be one of this coordinator itself. */
  #overtaken(by: number): never {
    if ((this.#options.leading.term() ?? by) < by) this.#options.leading.overtaken();
    throw new TermOver();
  }
}
