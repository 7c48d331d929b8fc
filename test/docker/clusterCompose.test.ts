/**
 * The compose file of a cluster as a person uses it: three NATS servers, two coordinators, two gateways, and workers that hang
 * from a gateway. The leader is killed, and then that gateway; the run ends with the bits of one without Docker.
 */
import { describe, expect, inject, test } from 'vitest';
import { temporaryFolder } from '../support/cluster.ts';
import { ShoalProcess } from '../support/shoalProcess.ts';
import { ComposeProject } from './support/compose.ts';
import { mnist } from './support/stage.ts';

/** Long enough to be in the midst of when coordinators and gateways go; a truth table where there is no MNIST. */
const [PRESET, EPOCHS] = mnist === null ? ['mlp-xor', 100_000] : ['mnist-softmax', 20];
const SHA256 = /parameters +SHA-256 ([0-9a-f]{64})/;

type Links = { readonly gatewayLinks: readonly string[] };
type Preset = { readonly name: string; readonly spec: object };

describe.skipIf(inject('dockerSession') === null)('docker compose with several coordinators', () => {
  test('loses its leader and a gateway, and ends with the bits of a run without Docker', async () => {
    const alone = ShoalProcess.start([
      ...['train', '--preset', PRESET, '--set', `epochs=${EPOCHS}`, '--no-download', '--workers', '1'],
      ...['--port', '0', '--json', '--out', await temporaryFolder()],
      ...(mnist === null ? [] : ['--data', mnist]),
    ]);
    const project = ComposeProject.create({ files: ['docker/compose.cluster.yaml'] });
    const up = project.attached('up', '--no-build', '--scale', 'worker=0');
    const [, first] = await up.said(/coordinator-(\d)-1 +\|.*leads from now on/);
    await up.said(new RegExp(`coordinator-${3 - Number(first)}-1 +\\|.*stands by`));
    const [, token] = await up.said(/dashboard +http:\/\/localhost:\d+\/#(\S+)/);
    const port = (await project.run('port', `coordinator-${first}`, '7465')).split(':').at(-1);
    const ask = async (path: string, body?: object): Promise<unknown> => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json();
      expect(response.ok, `${path} answered ${response.status}: ${JSON.stringify(answer)}`).toBe(true);
      return answer;
    };

    const { gatewayLinks } = (await ask('/api/links')) as Links;
    const below = project.given({
      SHOAL_GATEWAY_TOKEN: gatewayLinks[0]?.split('#')[1] ?? '',
      SHOAL_JOIN: 'http://gateway-1:7465',
    });
    const crowd = below.attached(
      ...['--profile', 'gateways', 'up', '--no-build', '--no-recreate', '--scale', 'worker=2'],
      ...['gateway-1', 'gateway-2', 'worker'],
    );
    const spec = ((await ask('/api/presets')) as Preset[]).find(({ name }) => name === PRESET)?.spec;
    await ask('/api/runs', { spec: { ...spec, epochs: EPOCHS } });
    await up.said(/epoch +3\//);
    await project.run('kill', '--signal', 'SIGKILL', `coordinator-${first}`);
    await up.said(new RegExp(`coordinator-${3 - Number(first)}-1 +\\|.*leads from now on`));
    await project.run('kill', '--signal', 'SIGKILL', 'gateway-1');

    const [, parametersSha256] = await up.said(SHA256);
    expect(parametersSha256).toBe((await alone.result()).parametersSha256);
    expect(crowd.text).toMatch(/gateway-1-1/);
  });
});
