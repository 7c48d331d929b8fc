/**
 * A second machine, as far as the network can tell: a network namespace of Linux at the other end of a virtual cable.
 * What runs in it reaches this machine by an address that is not loopback, and nothing else.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const COMMAND_TIMEOUT_MS = 60_000;

const ip = (line: string) => promisify(execFile)('ip', line.split(' '), { timeout: COMMAND_TIMEOUT_MS });

export type OtherMachine = {
  /** This machine's address at its end of the cable. */
  readonly address: string;
  /** A program that runs `program` over there. */
  readonly programThere: (program: string) => Promise<string>;
};

/** Removed when the test ends. @throws Error where namespaces may not be made, as a sentence */
export async function openOtherMachine(): Promise<OtherMachine> {
  if (process.getuid?.() !== 0) throw new Error('Only root makes network namespaces.');
  const name = `shoal-${process.pid}`;
  const [here, there] = [`sh${process.pid % 1_000_000}a`, `sh${process.pid % 1_000_000}b`];
  // A network of four addresses out of the range for documentation (RFC 5737), which nobody routes.
  const block = (process.pid % 60) * 4;
  const [address, addressThere] = [`198.51.100.${block + 1}`, `198.51.100.${block + 2}`];
  const folder = await mkdtemp(join(tmpdir(), 'shoal-netns-'));
  onTestFinished(async () => {
    // The cable goes with the namespace.
    await ip(`netns del ${name}`).catch(() => {});
    await ip(`link del ${here}`).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  });
  try {
    await ip(`netns add ${name}`);
    await ip(`link add ${here} type veth peer name ${there} netns ${name}`);
    await ip(`addr add ${address}/30 dev ${here}`);
    await ip(`link set ${here} up`);
    await ip(`-n ${name} addr add ${addressThere}/30 dev ${there}`);
    await ip(`-n ${name} link set ${there} up`);
    await ip(`-n ${name} link set lo up`);
  } catch (problem) {
    throw new Error(
      `No network namespace can be made here: ${problem instanceof Error ? problem.message.trim() : problem}`,
    );
  }
  return {
    address,
    programThere: async (program) => {
      const script = join(folder, 'there.sh');
      await writeFile(script, `#!/bin/sh\nexec ip netns exec ${name} '${program}' "$@"\n`);
      await chmod(script, 0o755);
      return script;
    },
  };
}
