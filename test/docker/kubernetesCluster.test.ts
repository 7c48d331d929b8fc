/** The overlay for several coordinators, and the compose file for the same: held against schemas and against each other. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Deployment, type IDeployment, type IStatefulSet, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler, type IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { type INetworkPolicy, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { type IPodDisruptionBudget, PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { type IPodTemplateSpec, type IService, Service } from 'kubernetes-models/v1';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { GatewayMetrics } from '../../packages/coordinator/src/outside/gatewayMetrics.ts';
import { shoal } from '../support/shoalProcess.ts';
import { REPOSITORY } from './support/images.ts';

const FOLDER = join(REPOSITORY, 'docker/k8s/cluster');
const MODELS = {
  Service,
  StatefulSet,
  Deployment,
  HorizontalPodAutoscaler,
  PodDisruptionBudget,
  NetworkPolicy,
} as const;
type Kind = keyof typeof MODELS;
type Manifest = {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
};

const read = (file: string): Promise<string> => readFile(join(REPOSITORY, file), 'utf8');
const kustomization = parse(await read('docker/k8s/cluster/kustomization.yaml')) as {
  readonly resources: readonly string[];
  readonly patches: readonly { readonly target: { kind: string; name: string }; readonly patch: string }[];
  readonly images: readonly { readonly name: string }[];
};
const own = kustomization.resources.filter((name) => name !== '..');
const manifests: Manifest[] = [];
for (const file of own) {
  for (const document of parseAllDocuments(await readFile(join(FOLDER, file), 'utf8'), { version: '1.1' }))
    manifests.push(document.toJS() as Manifest);
}
function the<T>(kind: Kind, name: string): T {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return found as T;
}
const nats = the<IStatefulSet>('StatefulSet', 'shoal-nats');
const coordinators = the<IDeployment>('Deployment', 'shoal-coordinator');
const gateways = the<IDeployment>('Deployment', 'shoal-gateway');
const containerOf = (template: IPodTemplateSpec | undefined) => {
  const [container, ...others] = template?.spec?.containers ?? [];
  expect(others).toEqual([]);
  return container as NonNullable<typeof container>;
};

test('the overlay names every file there is, and stands on the manifests for one coordinator', async () => {
  const files = (await readdir(FOLDER)).filter((name) => name !== 'kustomization.yaml');
  expect([...own].sort()).toEqual(files.sort());
  expect(kustomization.resources).toContain('..');
  const gone = kustomization.patches.filter(({ patch }) => parse(patch).$patch === 'delete');
  expect(gone.map(({ target }) => target)).toEqual([{ kind: 'StatefulSet', name: 'shoal-coordinator' }]);
  const base = await read('docker/k8s/coordinator.yaml');
  expect(base).toMatch(/kind: StatefulSet\nmetadata:\n {2}name: shoal-coordinator/);
});

test.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
  '%s %s is what the published schema says',
  (kind, _name, manifest) => {
    const Model = MODELS[kind] as new (data: unknown) => { apiVersion: string; validate(): void };
    const model = new Model(manifest);
    expect(model.apiVersion).toBe(manifest.apiVersion);
    expect(() => model.validate()).not.toThrow();
    expect(() => new Model({ ...manifest, metadata: { name: 7 } }).validate()).toThrow();
  },
);

test.each([
  ['nats', nats.spec],
  ['coordinator', coordinators.spec],
  ['gateway', gateways.spec],
] as const)(
  'the %s is selected, sealed, probed, spread over machines and disturbed by one at a time',
  (name, spec) => {
    const { template } = spec ?? {};
    expect(spec?.selector.matchLabels).toEqual(template?.metadata?.labels);
    const container = containerOf(template);
    expect(kustomization.images.map((image) => image.name)).toContain(container.image);
    expect(template?.spec?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
      expect(container.ports?.map((port) => port.name)).toContain(container[probe]?.httpGet?.port);
    expect(template?.spec?.affinity?.podAntiAffinity).toBeDefined();
    const claims = name === 'nats' ? (nats.spec?.volumeClaimTemplates ?? []) : [];
    const volumes = [
      ...(template?.spec?.volumes ?? []).map((volume) => volume.name),
      ...claims.map((claim) => claim.metadata?.name),
    ];
    expect((container.volumeMounts ?? []).map((mount) => mount.name).sort()).toEqual(volumes.sort());
    const budget = the<IPodDisruptionBudget>('PodDisruptionBudget', `shoal-${name}`);
    expect(budget.spec?.selector?.matchLabels).toEqual(template?.metadata?.labels);
  },
);

test('there are as many gateways as their connections want, or their processors, which Prometheus may count', async () => {
  const { spec } = the<IHorizontalPodAutoscaler>('HorizontalPodAutoscaler', 'shoal-gateway');
  expect(spec?.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: gateways.metadata?.name });
  expect(gateways.spec?.replicas).toBeUndefined();
  const wanted = spec?.metrics?.map(({ pods, resource }) => pods?.metric.name ?? resource?.name);
  expect(wanted).toEqual(['shoal_connections', 'cpu']);
  const metrics = new GatewayMetrics('1.0.0', () => ({
    ...{ connections: 1_500, sent: 0, received: 0, rejections: new Map(), isJoined: true },
    ...{ workers: { local: 0, node: 0, browser: 0, gateway: 0 }, guests: 0 },
  }));
  const target = spec?.metrics?.[0]?.pods?.target.averageValue;
  expect((await metrics.text()).text).toContain(`\nshoal_connections ${target}\n`);
  const tokens = gateways.spec?.template.spec?.volumes?.find(({ name }) => name === 'tokens')?.secret;
  const documented = await read('docs/docker.md');
  expect(documented).toContain(`create secret generic ${tokens?.secretName} `);
  for (const [, file] of (containerOf(gateways.spec?.template).args ?? [])
    .join(' ')
    .matchAll(/=\/tokens\/(\S+)/g))
    expect(documented).toContain(`--from-literal=${file}=`);
  const { ingress } = the<INetworkPolicy>('NetworkPolicy', 'shoal-gateway').spec ?? {};
  const namespaces = ingress?.[0]?.from?.flatMap(({ namespaceSelector }) =>
    Object.values(namespaceSelector?.matchLabels ?? {}),
  );
  expect(namespaces).toEqual(['monitoring']);
});

test('coordinators are where the manifests for one put it, and each finds every NATS server', async () => {
  const base = parseAllDocuments(await read('docker/k8s/coordinator.yaml')).map((one) => one.toJS());
  const service = base.find(({ kind }) => kind === 'Service') as IService;
  expect(service.spec?.selector).toEqual(coordinators.spec?.template.metadata?.labels);
  const args = (containerOf(coordinators.spec?.template).args ?? []).join(' ');
  const servers = /--cluster=(\S+)/.exec(args)?.[1]?.split(',') ?? [];
  const client = the<IService>('Service', 'shoal-nats').spec?.ports?.find(({ name }) => name === 'client');
  expect(servers).toEqual(
    Array.from(
      { length: nats.spec?.replicas ?? 0 },
      (_, i) => `nats://shoal-nats-${i}.shoal-nats:${client?.port}`,
    ),
  );
  const routes = /--routes=(\S+)/
    .exec((containerOf(nats.spec?.template).args ?? []).join(' '))?.[1]
    ?.split(',');
  expect(routes).toEqual(servers.map((server) => server.replace(':4222', ':6222')));
  // One majority of three goes on when any of them is away.
  expect(the<IPodDisruptionBudget>('PodDisruptionBudget', 'shoal-nats').spec?.maxUnavailable).toBe(1);
  expect(the<IPodDisruptionBudget>('PodDisruptionBudget', 'shoal-coordinator').spec?.minAvailable).toBe(1);
  const { ingress } = the<INetworkPolicy>('NetworkPolicy', 'shoal-nats').spec ?? {};
  expect(ingress?.[0]?.from).toEqual([
    { podSelector: { matchLabels: coordinators.spec?.template.metadata?.labels } },
  ]);
});

test('every option of the overlay and of the compose file is one that the command knows', async () => {
  const { text } = await shoal(['serve', '--help']);
  const known = new Set(text.match(/--[a-z-]+/g));
  const compose = parse(await read('docker/compose.cluster.yaml'), { merge: true }) as {
    readonly services: Readonly<Record<string, { readonly command?: string | readonly string[] }>>;
  };
  const given = [
    ...(containerOf(coordinators.spec?.template).args ?? []),
    String(compose.services['coordinator-1']?.command),
    String(compose.services['coordinator-2']?.command),
  ];
  const options = given.join(' ').match(/--[a-z-]+(?==)/g) ?? [];
  expect(options).toContain('--cluster-address');
  for (const option of options) expect(known).toContain(option);
  const ofGateways = new Set((await shoal(['gateway', '--help'])).text.match(/--[a-z-]+/g));
  const told = [
    ...(containerOf(gateways.spec?.template).args ?? []),
    String(compose.services['gateway-1']?.command),
    String(compose.services['gateway-2']?.command),
  ];
  for (const option of told.join(' ').match(/--[a-z-]+(?==)/g) ?? []) expect(ofGateways).toContain(option);
});

test('the compose file has three NATS servers that know each other, and two coordinators that know them all', async () => {
  const { services } = parse(await read('docker/compose.cluster.yaml'), { merge: true }) as {
    readonly services: Readonly<
      Record<string, { command: string | string[]; environment?: Record<string, string>; volumes?: string[] }>
    >;
  };
  const names = Object.keys(services);
  const servers = names.filter((name) => name.startsWith('nats-'));
  expect(servers).toHaveLength(3);
  for (const name of servers) {
    const command = [services[name]?.command ?? ''].flat().join(' ');
    expect(command).toContain(`--server_name=${name}`);
    for (const other of servers) expect(command).toContain(`nats://${other}:6222`);
  }
  const both = names.filter((name) => name.startsWith('coordinator-'));
  expect(both).toHaveLength(2);
  for (const name of both) {
    expect(services[name]?.environment?.SHOAL_CLUSTER).toBe(
      servers.map((one) => `nats://${one}:4222`).join(),
    );
    expect(services[name]?.command).toContain(`--cluster-address=http://${name}:7465`);
  }
});
