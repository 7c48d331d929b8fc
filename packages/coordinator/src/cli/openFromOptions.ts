/** From the options of a command to an open coordinator. */
import { readFile } from 'node:fs/promises';
import type { RunSpec } from '@shoal/core';
import { ACCESS_FILE, newAccessRecord } from '../access/accessFile.ts';
import { openSignedAccess } from '../access/signedAccess.ts';
import { TrustedProxies } from '../access/trustedProxies.ts';
import type { ClusterMember } from '../cluster/member.ts';
import { UserError } from '../errors.ts';
import { diskFiles } from '../files/diskFiles.ts';
import { decodeText } from '../files/textFile.ts';
import { readLimits } from '../limits/limits.ts';
import { portIn, runFiles } from '../run/folder/runFolder.ts';
import type { MetricsAccess } from '../server/metricsRoute.ts';
import { readTlsFiles, type TlsIdentity } from '../server/tlsFiles.ts';
import {
  type OpenCoordinator,
  type OpenCoordinatorOptions,
  openCoordinator,
} from '../service/openCoordinator.ts';
import { jsonLog, textLog } from '../terminal/logStream.ts';
import { err } from '../terminal/terminal.ts';
import type { DataOptions, RunOptions, ServingOptions } from './options.ts';
import { ALL_READ, keepTokenFile } from './tokenFile.ts';

/**
 * `spec` is that of the run to come, if there is one. `folder` keeps port and tokens from before: that of a run which is resumed, that of all runs for a coordinator that
 * waits for runs; null for a new run.
 * @throws UserError when the address cannot be listened on, or a token cannot be one
 */
export async function openFromOptions(
  options: DataOptions & RunOptions,
  {
    folder,
    portFile = folder === null ? null : runFiles(folder).port,
    staysOpen,
    spec,
    member = null,
  }: {
    readonly folder: string | null;
    /** Where the port stands from before; absent: where the folder has it. */
    readonly portFile?: string | null;
    readonly staysOpen: boolean;
    readonly spec: RunSpec | null;
    /** Of a cluster, which then keeps everything. */
    readonly member?: ClusterMember | null;
  },
): Promise<OpenCoordinator> {
  const { SHOAL_OPERATOR_TOKEN } = process.env;
  const operator =
    given(options.operatorTokenFile) === null
      ? given(SHOAL_OPERATOR_TOKEN)
      : await tokenInFile(options.operatorTokenFile ?? '');
  await member?.files.found(ACCESS_FILE, JSON.stringify(newAccessRecord()));
  return openCoordinator({
    runsFolder: member?.root ?? options.out,
    ...(member !== null && { files: member.files, cluster: member }),
    access: await openSignedAccess(
      member?.root ?? folder,
      { worker: await joinTokenOf(options), operator },
      {
        openClassroom: options.openClassroom === true,
        linkDays: options.linkDays,
        viewersReadData: options.viewerData,
      },
      Date.now,
      member?.files ?? diskFiles,
    ),
    host: options.host,
    port: options.port ?? null,
    keptPort: portFile === null ? null : await portIn(portFile),
    publicUrl: options.publicUrl ?? null,
    by: options.by ?? null,
    tls: await tlsOf(options),
    data: { dataFolder: options.data ?? null, allowDownload: options.download },
    staysOpen,
    spec,
    metrics: await metricsOf(options),
    tensorBoard: options.tensorboard,
    webhooks: await webhooksOf(options),
    threadsPerWorker: options.threads,
    stepsPerSecond: options.pace ?? null,
    logLevel: options.logLevel,
    logTo: options.json === true ? jsonLog(err) : textLog(err),
    network: {
      limits: readLimits(options.limit ?? []),
      allowOrigins: options.allowOrigin ?? [],
      proxies: TrustedProxies.read(options.trustProxy ?? []),
    },
  });
}

/** An empty variable of the environment is none. */
const given = (token: string | undefined): string | null =>
  token === undefined || token === '' ? null : token;

async function joinTokenOf({ token, tokenFile }: RunOptions): Promise<string | null> {
  return given(token) ?? (tokenFile ? keepTokenFile(tokenFile) : null);
}

export async function tlsOf({
  tlsCert,
  tlsKey,
}: Pick<ServingOptions, 'tlsCert' | 'tlsKey'>): Promise<TlsIdentity | null> {
  if (!tlsCert && !tlsKey) return null;
  if (tlsCert && tlsKey) return readTlsFiles(tlsCert, tlsKey);
  throw new UserError(
    'https needs a certificate and its key: give both --tls-cert and --tls-key, or neither.',
  );
}

async function webhooksOf({
  webhook: urls = [],
  webhookSecretFile,
}: RunOptions): Promise<NonNullable<OpenCoordinatorOptions['webhooks']>> {
  if (urls.length === 0) return { urls, secret: '' };
  const secret = webhookSecretFile
    ? await keepTokenFile(webhookSecretFile)
    : given(process.env.SHOAL_WEBHOOK_SECRET);
  if (secret !== null) return { urls, secret };
  throw new UserError(
    'Webhooks are signed, so that whoever is told knows from whom it comes: name a file for the secret with --webhook-secret-file, which is made when it is not there, or set SHOAL_WEBHOOK_SECRET.',
  );
}

export async function metricsOf({
  metricsTokenFile,
  openMetrics,
}: Pick<ServingOptions, 'metricsTokenFile' | 'openMetrics'>): Promise<MetricsAccess> {
  const token = metricsTokenFile ? await keepTokenFile(metricsTokenFile, ALL_READ) : null;
  return { token, isOpenHere: openMetrics === true };
}

async function tokenInFile(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new UserError(
      `The operator's token cannot be read from ${file} (${error.message}): name a file that holds the token alone.`,
    );
  });
  return decodeText(bytes, `The operator's token file ${file}`).trim();
}
