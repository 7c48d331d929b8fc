/**
 * What this run of the tests has made on the Docker engine, and its removal. Everything carries a label with the
 * process id of the run, so that it is found again whatever became of the test that made it.
 */
import type { ContainerRuntimeClient } from 'testcontainers';

/** Label of containers, networks and volumes; its value is the process id of the run. */
export const LABEL = 'org.shoal.test';
/** Compose projects of a run begin so; Compose labels what it makes with the name of the project. */
export const projectPrefix = (session: string): string => `shoal-test-${session}-`;
const PROJECT_LABEL = 'com.docker.compose.project';
const PROJECT = /^shoal-test-(\d+)-/;

type Labels = Readonly<Record<string, string>> | null | undefined;

/** The run that made something with these labels; null for what is no test's. */
function sessionOf(labels: Labels): string | null {
  return labels?.[LABEL] ?? PROJECT.exec(labels?.[PROJECT_LABEL] ?? '')?.[1] ?? null;
}

/** Names of what there is of the runs that `wanted` picks: `container …`, `network …`, `volume …`. */
export async function remains(
  client: ContainerRuntimeClient,
  wanted: (session: string) => boolean,
): Promise<string[]> {
  const { dockerode } = client.container;
  const isWanted = (labels: Labels): boolean => {
    const session = sessionOf(labels);
    return session !== null && wanted(session);
  };
  const containers = await dockerode.listContainers({ all: true });
  const networks = await dockerode.listNetworks();
  const { Volumes: volumes } = await dockerode.listVolumes();
  return [
    ...containers.filter((one) => isWanted(one.Labels)).map((one) => `container ${one.Id}`),
    ...networks.filter((one) => isWanted(one.Labels)).map((one) => `network ${one.Id}`),
    ...(volumes ?? []).filter((one) => isWanted(one.Labels)).map((one) => `volume ${one.Name}`),
  ];
}

export async function removeAll(
  client: ContainerRuntimeClient,
  wanted: (session: string) => boolean,
): Promise<void> {
  const { dockerode } = client.container;
  // Containers come first: a network or volume in use cannot go.
  for (const what of await remains(client, wanted)) {
    const [kind, name = ''] = what.split(' ');
    if (kind === 'container')
      await ignoreAbsent(dockerode.getContainer(name).remove({ force: true, v: true }));
    else if (kind === 'network') await ignoreAbsent(dockerode.getNetwork(name).remove());
    else await ignoreAbsent(dockerode.getVolume(name).remove());
  }
}

/** Something else may have removed it in the meantime. */
export async function ignoreAbsent(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof Error && /no such|not found/i.test(error.message))) throw error;
  }
}

/** A run whose process is gone has left what it could not remove. */
export function isGone(session: string): boolean {
  try {
    process.kill(Number(session), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
