/** The files of Prometheus and Grafana in containers fit each other, and the coordinator's own: no image is needed to see that. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const DOCKER = new URL('../../docker/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, DOCKER), 'utf8');

type Service = {
  readonly image?: string;
  readonly command?: string | readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
};
type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly networks?: Readonly<Record<string, unknown>>;
};

const base = parse(read('compose.yaml'), { merge: true }) as Compose;
const watch = parse(read('compose.watch.yaml')) as Compose;
const services = Object.entries(watch.services);

/** What a container sees of this project, by the place where it sees it. */
const mounts = services.flatMap(([, { volumes = [] }]) =>
  volumes.flatMap((volume) => {
    const [from = '', to = ''] = volume.split(':');
    return from.startsWith('./') ? [[from, to] as const] : [];
  }),
);

test('what is mounted, depended on and connected to is there', () => {
  expect(mounts.map(([from]) => from)).toHaveLength(3);
  for (const [from] of mounts) expect(existsSync(new URL(from, DOCKER)), from).toBe(true);
  const all = [...Object.keys(base.services), ...Object.keys(watch.services)];
  for (const [name, { volumes = [], networks = [], depends_on: needs = [] }] of services) {
    for (const one of Array.isArray(needs) ? needs : Object.keys(needs)) expect(all, name).toContain(one);
    for (const one of networks) expect(Object.keys(base.networks ?? {}), name).toContain(one);
    const named = volumes.filter((volume) => !volume.startsWith('./')).map((volume) => volume.split(':')[0]);
    for (const one of named) expect(Object.keys(watch.volumes ?? {}), name).toContain(one);
  }
});

test('Prometheus asks the coordinator at its port, with the token that this has written', () => {
  const file = mounts.find(([, to]) => to === '/etc/prometheus/prometheus.yml')?.[0] ?? '';
  const { scrape_configs: configs } = parse(read(file)) as {
    readonly scrape_configs: readonly {
      readonly authorization: { readonly credentials_file: string };
      readonly static_configs: readonly { readonly targets: readonly string[] }[];
    }[];
  };
  expect(configs).toHaveLength(1);
  const [{ authorization, static_configs: targets } = expect.fail()] = configs;
  expect(targets.flatMap((one) => one.targets)).toEqual(['coordinator:7465']);
  expect(String(base.services.coordinator?.command)).toContain('--port=7465');
  const written = watch.services.coordinator?.environment?.SHOAL_METRICS_TOKEN_FILE ?? '';
  expect(authorization.credentials_file).toBe(written);
  for (const name of ['coordinator', 'prometheus']) {
    const volume = watch.services[name]?.volumes?.find((one) => one.startsWith('metrics-token:'));
    expect(written, name).toMatch(new RegExp(`^${volume?.split(':')[1]}/`));
  }
  // Whom the coordinator's image lets write there.
  expect(read('coordinator.Dockerfile')).toMatch(/\/metrics-token/);
});

test('Grafana finds Prometheus, and the dashboard that it opens with', () => {
  const { datasources } = parse(read('watch/grafana/provisioning/datasources/prometheus.yaml')) as {
    readonly datasources: readonly { readonly type: string; readonly url: string }[];
  };
  expect(datasources).toMatchObject([{ type: 'prometheus', url: 'http://prometheus:9090' }]);
  expect(Object.keys(watch.services)).toContain('prometheus');
  const { providers } = parse(read('watch/grafana/provisioning/dashboards/shoal.yaml')) as {
    readonly providers: readonly { readonly options: { readonly path: string } }[];
  };
  const [from, to] = mounts.find(([folder]) => folder.endsWith('/dashboards')) ?? expect.fail();
  expect(providers.map(({ options }) => options.path)).toEqual([to]);
  const home = watch.services.grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '';
  expect(home.startsWith(`${to}/`)).toBe(true);
  const dashboard = JSON.parse(read(home.replace(to, from))) as {
    readonly title: string;
    readonly panels: readonly { readonly id: number; readonly title: string }[];
  };
  expect(dashboard.title).toBe('Shoal');
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('Compose understands them together', ({ skip }) => {
  const files = ['compose.yaml', 'compose.watch.yaml'].flatMap((file) => ['-f', file]);
  const options = {
    cwd: fileURLToPath(DOCKER),
    encoding: 'utf8',
    stdio: 'pipe',
  } as const;
  const command = [['docker', 'compose'], ['docker-compose']].find(([program = '', ...words]) => {
    try {
      execFileSync(program, [...words, 'version'], options);
      return true;
    } catch {
      return false;
    }
  });
  if (command === undefined) return skip('Compose is not installed here.');
  const [program = '', ...words] = command;
  const config = parse(execFileSync(program, [...words, ...files, 'config'], options)) as Compose;
  expect(Object.keys(config.services)).toEqual(
    expect.arrayContaining(['coordinator', 'prometheus', 'grafana']),
  );
});
