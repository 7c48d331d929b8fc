/**
 * The manifests for Kubernetes. There is no cluster to try them on, so they are held against the published schemas, and
 * against each other and the images: names, labels, ports, volumes, keys and options that must agree.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Deployment, type IDeployment, type IStatefulSet, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler, type IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import {
  type IIngress,
  type INetworkPolicy,
  Ingress,
  NetworkPolicy,
} from 'kubernetes-models/networking.k8s.io/v1';
import { type IPodTemplateSpec, type IService, Namespace, Service } from 'kubernetes-models/v1';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { shoal } from '../support/shoalProcess.ts';
import { REPOSITORY } from './support/images.ts';

const FOLDER = join(REPOSITORY, 'docker/k8s');
const MODELS = {
  Namespace,
  Service,
  StatefulSet,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  NetworkPolicy,
} as const;
type Kind = keyof typeof MODELS;
type Manifest = {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
};

const kustomization = parse(await readFile(join(FOLDER, 'kustomization.yaml'), 'utf8')) as {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
};
const manifests: Manifest[] = [];
for (const file of kustomization.resources) {
  for (const document of parseAllDocuments(await readFile(join(FOLDER, file), 'utf8'), { version: '1.1' }))
    manifests.push(document.toJS() as Manifest);
}

function the<T>(kind: Kind, name: string): T {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return found as T;
}
const coordinator = the<IStatefulSet>('StatefulSet', 'shoal-coordinator');
const worker = the<IDeployment>('Deployment', 'shoal-worker');
const templates: [string, IPodTemplateSpec][] = [
  ['coordinator', coordinator.spec?.template as IPodTemplateSpec],
  ['worker', worker.spec?.template as IPodTemplateSpec],
];
const containerOf = (template: IPodTemplateSpec) => {
  const [container, ...others] = template.spec?.containers ?? [];
  expect(others).toEqual([]);
  return container as NonNullable<typeof container>;
};

test('the kustomization names every file there is', async () => {
  const files = (await readdir(FOLDER)).filter(
    (name) => name.endsWith('.yaml') && name !== 'kustomization.yaml',
  );
  expect([...kustomization.resources].sort()).toEqual(files.sort());
});

test.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
  '%s %s is what the published schema says',
  (kind, _name, manifest) => {
    const Model = MODELS[kind] as new (data: unknown) => { apiVersion: string; validate(): void };
    const model = new Model(manifest);
    expect(model.apiVersion).toBe(manifest.apiVersion);
    expect(() => model.validate()).not.toThrow();
    // The schema does notice.
    expect(() => new Model({ ...manifest, metadata: { name: 7 } }).validate()).toThrow();
  },
);

test.each(templates)('the %s is selected, sealed and probed', (name, template) => {
  const labels = template.metadata?.labels;
  const { spec } = name === 'coordinator' ? coordinator : worker;
  expect(spec?.selector.matchLabels).toEqual(labels);
  expect(template.spec?.automountServiceAccountToken).toBe(false);
  expect(template.spec?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
  const container = containerOf(template);
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
    expect(container[probe]).toBeDefined();
  expect(container.resources?.requests).toHaveProperty('cpu');
  expect(container.resources?.limits).toHaveProperty('memory');
  expect(kustomization.images.map((image) => image.name)).toContain(container.image);
});

test.each(templates)(
  'every volume that the %s mounts is there, and /tmp can be written',
  (name, template) => {
    const claims = name === 'coordinator' ? (coordinator.spec?.volumeClaimTemplates ?? []) : [];
    const volumes = [
      ...(template.spec?.volumes ?? []).map((volume) => volume.name),
      ...claims.map((claim) => claim.metadata?.name),
    ];
    const mounts = containerOf(template).volumeMounts ?? [];
    expect(mounts.map((mount) => mount.name).sort()).toEqual(volumes.sort());
    expect(mounts.find((mount) => mount.mountPath === '/tmp')?.readOnly).not.toBe(true);
  },
);

test('a worker sees the join token and not the operator’s', () => {
  const [, template] = templates[1] as [string, IPodTemplateSpec];
  const secret = template.spec?.volumes?.find((volume) => volume.name === 'tokens')?.secret;
  expect(secret?.items?.map((item) => item.key)).toEqual(['join-token']);
  const [, other] = templates[0] as [string, IPodTemplateSpec];
  expect(other.spec?.volumes?.find((volume) => volume.name === 'tokens')?.secret?.secretName).toBe(
    secret?.secretName,
  );
});

test('workers, ingress and probes find the coordinator by service and port', () => {
  const service = the<IService>('Service', 'shoal-coordinator');
  const [port] = service.spec?.ports ?? [];
  const [, template] = templates[0] as [string, IPodTemplateSpec];
  const container = containerOf(template);
  expect(service.spec?.selector).toEqual(template.metadata?.labels);
  expect(coordinator.spec?.serviceName).toBe('shoal-coordinator');
  expect(container.ports).toEqual([{ name: port?.targetPort, containerPort: port?.port }]);
  expect(container.args).toContain(`--port=${port?.port}`);
  const [, workers] = templates[1] as [string, IPodTemplateSpec];
  expect(containerOf(workers).args?.[0]).toBe(`http://shoal-coordinator:${port?.port}`);
  for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe])
    expect(probe?.httpGet).toEqual({ path: '/healthz', port: port?.targetPort });

  const ingress = the<IIngress>('Ingress', 'shoal');
  const [rule] = ingress.spec?.rules ?? [];
  expect(rule?.http?.paths[0]?.backend.service).toEqual({
    name: 'shoal-coordinator',
    port: { name: port?.name },
  });
  expect(ingress.spec?.tls?.[0]?.hosts).toEqual([rule?.host]);
  expect(container.args).toContain(`--public-url=https://${rule?.host}`);
  const { annotations } = ingress.metadata ?? {};
  expect(Number(annotations?.['nginx.ingress.kubernetes.io/proxy-read-timeout'])).toBeGreaterThan(20);
});

test('the autoscaler sets the number of workers, and nothing else does', () => {
  const scaler = the<IHorizontalPodAutoscaler>('HorizontalPodAutoscaler', 'shoal-worker');
  expect(scaler.spec?.scaleTargetRef).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'shoal-worker',
  });
  expect(worker.spec).not.toHaveProperty('replicas');
  expect(coordinator.spec?.replicas).toBe(1);
});

test('the network lets workers reach the coordinator alone', () => {
  const labels = (name: string) => ({ matchLabels: { 'app.kubernetes.io/name': name } });
  const front = the<INetworkPolicy>('NetworkPolicy', 'shoal-coordinator').spec;
  expect(front?.podSelector).toEqual(labels('shoal-coordinator'));
  expect(front?.ingress?.[0]?.from).toContainEqual({ podSelector: labels('shoal-worker') });
  const back = the<INetworkPolicy>('NetworkPolicy', 'shoal-worker').spec;
  expect(back?.podSelector).toEqual(labels('shoal-worker'));
  expect(back?.ingress).toEqual([]);
  expect(back?.policyTypes).toEqual(['Ingress', 'Egress']);
  expect(back?.egress?.[0]?.to).toEqual([{ podSelector: labels('shoal-coordinator') }]);
});

test('every option that the manifests and the compose files give is one that the command knows', async () => {
  const compose = await readFile(join(REPOSITORY, 'docker/compose.yaml'), 'utf8');
  const known = new Map<string, Set<string>>();
  for (const command of ['serve', 'train', 'worker']) {
    const { text } = await shoal([command, '--help']);
    known.set(command, new Set(text.match(/--[a-z-]+/g)));
  }
  const given = (text: string): string[] => text.match(/--[a-z-]+(?==)/g) ?? [];
  for (const [name, template] of templates) {
    const options = given((containerOf(template).args ?? []).join(' '));
    expect(options.length).toBeGreaterThan(1);
    for (const option of options) expect(known.get(name === 'worker' ? 'worker' : 'serve')).toContain(option);
  }
  const options = given(compose.replaceAll(/^\s*#.*$/gm, ''));
  expect(options).toContain('--run-file');
  const all = new Set([...known.values()].flatMap((names) => [...names]));
  for (const option of options) expect(all).toContain(option);
});

test('the proxy of the compose files has the address that the coordinator trusts, and nobody else is on its network', async () => {
  const { services, networks } = parse(
    await readFile(join(REPOSITORY, 'docker/compose.proxy.yaml'), 'utf8'),
  ) as {
    readonly services: {
      readonly coordinator: { readonly environment: { readonly SHOAL_TRUST_PROXY: string } };
      readonly proxy: { readonly networks: { readonly front: { readonly ipv4_address: string } } };
    };
    readonly networks: {
      readonly front: { readonly ipam: { readonly config: { readonly subnet: string }[] } };
    };
  };
  const given = (text: string): string => /:-([^}]+)\}$/.exec(text)?.[1] ?? '';
  const { ipv4_address: address } = services.proxy.networks.front;
  expect(services.coordinator.environment.SHOAL_TRUST_PROXY).toBe(address);
  expect(given(address)).toMatch(/^172\.31\.251\.\d+$/);
  expect(given(networks.front.ipam.config[0]?.subnet ?? '')).toBe('172.31.251.0/24');
  expect(Object.keys(services)).toEqual(['coordinator', 'proxy']);
  expect(await readFile(join(REPOSITORY, 'docker/compose.yaml'), 'utf8')).not.toMatch(/front/);
});
