/** `shoal selftest`: this machine's engines against a file of reference values. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  type Engine,
  parseReferenceFile,
  type ReferenceFile,
  runSelfTest,
  runTrajectory,
  type SelfTestCase,
} from '@shoal/core';
import { engineOf, machineEngines } from '../../bench/engines.ts';
import { UserError } from '../../errors.ts';
import { decodeText } from '../../files/textFile.ts';
import { out } from '../../terminal/terminal.ts';
import { columns } from '../output/format.ts';

/** Looked for when no file is named: beside a checkout, as the project's developers keep it. */
const USUAL_PLACE = new URL('../../../../../../shared/golden/pytorch.json', import.meta.url);

export async function selftest(options: {
  readonly reference?: string;
  readonly engine?: string;
  readonly json?: boolean;
}): Promise<number> {
  const reference = await readReference(
    options.reference ?? fileURLToPath(USUAL_PLACE),
    options.reference === undefined,
  );
  const all = await machineEngines();
  const engines: readonly Engine[] = options.engine === undefined ? all : [engineOf(all, options.engine)];
  let passed = true;
  for (const engine of engines) {
    const cases = await runSelfTest(reference, engine, runTrajectory);
    passed &&= cases.every((one) => one.passed);
    if (options.json !== true) out.lines(...tableLines(engine, cases));
    else for (const one of cases) out.json({ type: 'selftest', engine: engine.name, ...one });
  }
  return passed ? 0 : 1;
}

async function readReference(path: string, usual: boolean): Promise<ReferenceFile> {
  if (usual && !existsSync(path)) {
    throw new UserError(
      'There is no reference file to hold the engines against: name one with --reference FILE, written with PyTorch in the format of the self-test.',
    );
  }
  const bytes = await readFile(path).catch((error: Error) => {
    throw new UserError(
      `The reference file ${path} cannot be read (${error.message}). Name another with --reference.`,
    );
  });
  const text = decodeText(bytes, `The reference file ${path}`);
  try {
    return parseReferenceFile(text);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ReferenceFileError') throw error;
    throw new UserError(`${path} cannot be used: ${error.message.replace(/(?<![.?!])$/, '.')}`);
  }
}

function tableLines(engine: Engine, cases: readonly SelfTestCase[]): string[] {
  const rows = cases.map((one) => [
    `  ${one.passed ? 'ok  ' : 'OVER'}`,
    one.kind,
    one.name,
    one.worstRelativeError.toExponential(2),
    one.worstTensor,
  ]);
  const over = cases.filter((one) => !one.passed).length;
  const bound = cases[0]?.tolerance ?? 0;
  const verdict =
    over === 0 ? `all ${cases.length} within ${bound}` : `${over} of ${cases.length} over ${bound}`;
  return [`${engine.name}: ${verdict} (worst relative error per case)`, ...columns(rows)];
}
