import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { testKeptFiles } from '../files/keptFiles.suite.ts';
import { readText } from '../files/keptFiles.ts';
import type { Broker } from './broker.ts';
import { BrokerFull } from './broker.ts';
import { type BrokerLine, BrokerModel } from './brokerModel.ts';
import { ClusterFiles, type Leading } from './clusterFiles.ts';
import { TermOver } from './leadership.ts';
import { openNatsBroker } from './natsBroker.ts';
import { type NatsServer, natsServer, natsServers } from './natsServer.suite.ts';

const ROOT = 'cluster/test';
const LAST = `${ROOT}/run-1/checkpoints/last`;

/** A leader of whom nothing but its term matters. */
class Term implements Leading {
  now: number | null;
  isOvertaken = false;
  readonly begun: string[] = [];

  constructor(term: number | null) {
    this.now = term;
  }

  term(): number | null {
    return this.now;
  }

  async begins(runId: string): Promise<void> {
    this.begun.push(runId);
  }

  overtaken(): void {
    this.isOvertaken = true;
    this.now = null;
  }
}

function filesOf(broker: Broker, leading: Leading, id: string, wait = async (): Promise<void> => {}) {
  return new ClusterFiles({ broker, root: ROOT, id, leading, wait, onAway: () => {} });
}

/** One who reads, and one who leads, by clients of their own. */
const underTest = (open: () => Promise<Broker>, wait?: () => Promise<void>) => async () => ({
  files: filesOf(await open(), new Term(1), 'one', wait),
  root: ROOT,
  reopened: async () => filesOf(await open(), new Term(null), 'two', wait),
});

testKeptFiles('in a cluster, with the model of a broker', async () => {
  const model = new BrokerModel({ leaseMs: 1_000, clock: () => 0 });
  return underTest(async () => model.connect())();
});

describe.skipIf(natsServer === null)('with nats-server', () => {
  let nats: readonly NatsServer[] = [];
  let clusters = 0;
  beforeAll(async () => {
    nats = await natsServers(1);
  });
  afterAll(() => Promise.all(nats.map((server) => server.end())));

  testKeptFiles('in a cluster', async () => {
    clusters += 1;
    const options = {
      ...{
        servers: nats.map(({ url }) => url),
        credentialsFile: null,
        tls: { ca: null, cert: null, key: null },
      },
      ...{ name: `files-${clusters}`, leaseMs: 5_000 },
    };
    const open = async (): Promise<Broker> => {
      const broker = await openNatsBroker(options);
      onTestFinished(() => broker.close());
      return broker;
    };
    return underTest(open, () => pause(50))();
  });
});

/** The how many-eth question on it does not come before `go`. */
function lineWithLate(late: number): { readonly line: BrokerLine; readonly go: () => void } {
  let questions = 0;
  let go: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const forth = (): Promise<void> => {
    questions += 1;
    return questions === late ? gate : Promise.resolve();
  };
  return { line: { forth, back: async () => {} }, go };
}

describe('kept files in a cluster', () => {
  const big = (fill: number): Uint8Array => new Uint8Array(100_000).fill(fill);
  const cluster = () => {
    const model = new BrokerModel({ leaseMs: 1_000, clock: () => 0 });
    const leader = (term: number, id: string, line?: BrokerLine) => {
      const leading = new Term(term);
      return { leading, files: filesOf(model.connect(line), leading, id) };
    };
    return { model, leader, contents: model.connect().contents };
  };

  test('of an older leader are refused once a newer one has taken the run, whatever they are', async () => {
    const { leader, contents } = cluster();
    const old = leader(1, 'old');
    await old.files.replace(LAST, big(1));
    const next = leader(2, 'next');
    await next.files.take('run-1');
    const refused = [
      () => old.files.replace(LAST, big(2)),
      () => old.files.append(`${ROOT}/run-1/steps.jsonl`, 'x'),
      () => old.files.remove(LAST),
      () => old.files.discard(`${ROOT}/run-1`),
    ];
    for (const write of refused) {
      old.leading.now = 1;
      await expect(write()).rejects.toThrow(TermOver);
      expect(old.leading.isOvertaken).toBe(true);
    }
    expect((await next.files.read(LAST))?.[0]).toBe(1);
    await next.files.replace(LAST, big(3));
    expect((await next.files.read(LAST))?.[0]).toBe(3);
    // What the older one had put meanwhile is nobody's, and goes.
    await next.files.take('run-1');
    expect(await contents.names()).toHaveLength(1);
  });

  test('a leader that slept while it took a run removes nothing of those after it', async () => {
    for (let asleep = 1; asleep < 12; asleep += 1) {
      const { leader } = cluster();
      await leader(1, 'first').files.replace(LAST, big(1));
      const { line, go: wake } = lineWithLate(asleep);
      const slept = leader(2, 'slept', line)
        .files.take('run-1')
        .catch((error: unknown) => error);
      await pause(0);
      const next = leader(3, 'next');
      await next.files.take('run-1');
      await next.files.replace(LAST, big(3));
      wake();
      const taken = await slept;
      if (taken !== undefined) expect(taken).toBeInstanceOf(TermOver);
      expect((await next.files.read(LAST))?.[0]).toBe(3);
    }
  });

  test('no write of an older leader gets between taking a run and reading it', async () => {
    const { leader } = cluster();
    for (let delayed = 0; delayed < 12; delayed += 1) {
      const runId = `run-${delayed}`;
      const file = `${ROOT}/${runId}/last`;
      const { line, go } = lineWithLate(6 + delayed);
      const old = leader(1, `old-${delayed}`, line);
      await old.files.replace(file, big(1));
      const late = old.files.replace(file, big(2)).then(
        () => 'written',
        () => 'refused',
      );
      const next = leader(2, `next-${delayed}`);
      await next.files.take(runId);
      const read = (await next.files.read(file))?.[0];
      go();
      expect([await late, read]).toEqual(read === 2 ? ['written', 2] : ['refused', 1]);
      expect((await next.files.read(file))?.[0]).toBe(read);
    }
  });

  test('nothing of an earlier term is written in a later one of the same leader', async () => {
    for (let delayed = 1; delayed < 12; delayed += 1) {
      const { leader } = cluster();
      const { line, go } = lineWithLate(delayed);
      // It leads, is cut off while another leads, and leads again before what it was writing gets through.
      const { files, leading } = leader(1, 'again', line);
      const inFirstTerm = files.asOfNow();
      const late = files
        .replace(LAST, big(1))
        .then(() => files.replace(LAST, big(2)))
        .then(
          () => null,
          (error: unknown) => error,
        );
      await pause(0);
      leading.now = null;
      files.termChanged();
      const next = leader(2, 'next');
      await next.files.take('run-1');
      await next.files.replace(LAST, big(3));
      next.leading.now = null;
      next.files.termChanged();
      leading.now = 3;
      files.termChanged();
      const taken = files.take('run-1');
      go();
      await taken;
      const refusal = await late;
      if (refusal !== null) expect(refusal).toBeInstanceOf(TermOver);
      expect((await files.read(LAST))?.[0], `with question ${delayed} late`).toBe(3);
      expect(leading.isOvertaken).toBe(false);
      await expect(inFirstTerm.replace(LAST, 'x')).rejects.toThrow(TermOver);
      await files.asOfNow().replace(LAST, 'y');
      expect(await readText(next.files, LAST)).toBe('y');
    }
  });

  test('are written once though any question or answer is lost', async () => {
    const { leader, model } = cluster();
    for (let lost = 1; lost <= 40; lost += 1) {
      let messages = 0;
      const pass = async (): Promise<void> => {
        messages += 1;
        if (messages === lost) throw new Error('lost');
      };
      const { files, leading } = leader(lost, `leader-${lost}`, { forth: pass, back: pass });
      const file = `${ROOT}/run-1/steps.jsonl`;
      await files.replace(file, 'a\n');
      await files.append(file, 'b\n');
      await files.replace(LAST, big(lost % 200));
      expect(await readText(files, file)).toBe('a\nb\n');
      expect((await files.read(LAST))?.[0]).toBe(lost % 200);
      expect(leading.isOvertaken).toBe(false);
    }
    const { files } = leader(100, 'last');
    await files.take('run-1');
    expect(await model.connect().contents.names()).toHaveLength(1);
  });

  test('a broker without room is told at once, and what was there stays', async () => {
    const { leader, model } = cluster();
    const { files } = leader(1, 'one');
    await files.replace(LAST, big(1));
    model.isFull = true;
    await expect(files.replace(LAST, big(2))).rejects.toThrow(BrokerFull);
    await expect(files.append(`${ROOT}/run-1/steps.jsonl`, 'x'.repeat(20_000))).rejects.toThrow(BrokerFull);
    expect((await files.read(LAST))?.[0]).toBe(1);
    model.isFull = false;
    await files.replace(LAST, big(2));
    expect((await files.read(LAST))?.[0]).toBe(2);
  });

  test('old checkpoints go, and what grows stays in few pieces', async () => {
    const { leader, contents } = cluster();
    const { files, leading } = leader(1, 'one');
    for (let i = 0; i < 10; i += 1) await files.replace(LAST, big(i));
    expect(await contents.names()).toHaveLength(1);
    const file = `${ROOT}/run-1/steps.jsonl`;
    let expected = '';
    for (let i = 0; i < 300; i += 1) {
      const line = `${String(i).padStart(4_000, '.')}\n`;
      await files.append(file, line);
      expected += line;
    }
    expect((await contents.names()).length).toBeLessThan(40);
    expect(await readText(files, file)).toBe(expected);
    await files.discard(`${ROOT}/run-1`);
    expect(await contents.names()).toEqual([]);
    expect(leading.begun).toEqual(['run-1']);
  });

  test('who does not lead writes nothing', async () => {
    const { model } = cluster();
    const files = filesOf(model.connect(), new Term(null), 'standby');
    await expect(files.replace(LAST, 'x')).rejects.toThrow(TermOver);
    expect(await files.read(LAST)).toBeNull();
  });
});
