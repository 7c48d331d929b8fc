/** The options by which a coordinator is one of a cluster. */
import { type Command, Option } from 'commander';
import { ClusterMember } from '../cluster/member.ts';
import { openNatsBroker } from '../cluster/natsBroker.ts';
import { UserError } from '../errors.ts';
import { readPublicUrl } from '../server/publicUrl.ts';
import { collect, whole } from './values.ts';

/** A standby cannot lead sooner than that after a leader has died. */
const LEASE_SECONDS = 5;

export type ClusterOptions = {
  readonly cluster?: readonly string[];
  readonly clusterName: string;
  readonly clusterLease: number;
  readonly clusterAddress?: string;
  readonly clusterCredentials?: string;
  readonly clusterCa?: string;
  readonly clusterCert?: string;
  readonly clusterKey?: string;
};

export function addClusterOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--cluster <servers>',
        'keep everything in NATS with JetStream at nats://host:port, and share the lead with other coordinators there; several with commas',
      )
        .env('SHOAL_CLUSTER')
        .argParser(readServers),
    )
    .addOption(
      new Option('--cluster-name <name>', 'which cluster, where one NATS serves several')
        .default('shoal')
        .argParser(readName),
    )
    .option(
      '--cluster-lease <seconds>',
      'how long a leader may be silent before another leads',
      whole('--cluster-lease', 2, 3_600),
      LEASE_SECONDS,
    )
    .addOption(
      new Option(
        '--cluster-address <url>',
        'where workers reach this coordinator itself, when one public address stands for all (default: that of the links)',
      )
        .env('SHOAL_CLUSTER_ADDRESS')
        .argParser((value: string) => {
          const { origin, basePath } = readPublicUrl(value);
          return origin + basePath;
        }),
    )
    .addOption(
      new Option('--cluster-credentials <file>', 'credentials for NATS (a .creds file)').env(
        'SHOAL_CLUSTER_CREDENTIALS',
      ),
    )
    .addOption(
      new Option('--cluster-ca <file>', 'who signed the certificates of NATS (PEM)').env('SHOAL_CLUSTER_CA'),
    )
    .addOption(new Option('--cluster-cert <file>', 'certificate for NATS (PEM)').env('SHOAL_CLUSTER_CERT'))
    .addOption(
      new Option('--cluster-key <file>', 'the key of that certificate (PEM)').env('SHOAL_CLUSTER_KEY'),
    );
}

function readServers(text: string, before: readonly string[] = []): readonly string[] {
  // An empty variable of the environment is none.
  if (text === '') return before;
  return text.split(',').reduce<readonly string[]>((servers, one) => {
    const server = one.trim();
    const url = URL.canParse(server) ? new URL(server) : null;
    if (url === null || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '') {
      throw new UserError(
        `"${server}" is no address of NATS: give --cluster such as nats://10.0.0.5:4222, several with commas.`,
      );
    }
    return collect(server, servers);
  }, before);
}

function readName(text: string): string {
  if (/^[A-Za-z0-9-]{1,32}$/.test(text)) return text;
  throw new UserError(`--cluster-name is 1 to 32 letters, digits and hyphens, not "${text}".`);
}

export const isCluster = ({ cluster }: ClusterOptions): boolean =>
  cluster !== undefined && cluster.length > 0;

/** @throws UserError when the cluster cannot be reached or used */
export async function openMember(options: ClusterOptions): Promise<ClusterMember> {
  const broker = await openNatsBroker({
    servers: options.cluster ?? [],
    credentialsFile: options.clusterCredentials ?? null,
    tls: {
      ca: options.clusterCa ?? null,
      cert: options.clusterCert ?? null,
      key: options.clusterKey ?? null,
    },
    name: options.clusterName,
    leaseMs: options.clusterLease * 1_000,
  });
  return new ClusterMember(broker, {
    name: options.clusterName,
    address: options.clusterAddress ?? null,
  });
}
