/** What a graphics card does beside PyTorch in CUDA, as a part of the comparison; one line where there is no card. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { times, whole } from '../figures.mjs';

const MEASURE = fileURLToPath(new URL('./measure.mjs', import.meta.url));

/** @returns lines of Markdown */
export function compareCard(isTrial) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [MEASURE, ...(isTrial ? ['--trial'] : [])], {
    ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const said = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const reason = stderr.trim().split('\n').at(-1) ?? '';
  if (said.length === 0) return [`Not measured. ${reason}`];
  process.stderr.write(stderr);
  const of = (type) => said.filter((line) => line.type === type);
  const [card] = of('device');
  const peer = [...of('torch'), ...of('torchTraining')][0];
  return [
    `On ${card.description}; ${peer === undefined ? 'PyTorch was not there' : `PyTorch ${peer.version} on ${peer.device}, float32 without TF32`}.`,
    '',
    ...rates(of('engine'), of('torch')),
    '',
    ...trainings(of('training'), of('torchTraining')),
    ...of('error')
      .filter(({ engine }) => engine === 'webgpu')
      .map(
        ({ model, largestRelativeError }) =>
          `- The gradient of \`${model}\` lies ${largestRelativeError.toExponential(1)} from that of the reference engine at most, as a part of the largest value of each tensor.`,
      ),
    ...of('note').map(({ message }) => `- ${message}`),
    ...(status === 0 ? [] : [`- The measurement ended early: ${reason}`]),
  ];
}

function rates(own, peers) {
  return [
    '| Forward and backward, samples a second | Batch | Shoal `webgpu` | PyTorch, eager | Ratio |',
    '|---|---:|---:|---:|---:|',
    ...own.map(({ model, microbatch, samplesPerSecond: rate }) => {
      const peer = peers.find((one) => one.model === model && one.batch === microbatch)?.samplesPerSecond;
      const beside = peer === undefined ? '– | ' : `${whole(peer)} | ${times(rate / peer)}`;
      return `| \`${model}\` | ${whole(microbatch)} | ${whole(rate)} | ${beside} |`;
    }),
  ];
}

function trainings(own, peers) {
  if (own.length + peers.length === 0) return [];
  const seconds = (value) => (value == null ? '–' : `${value.toFixed(1)} s`);
  const row = (who, one) =>
    one.problem === undefined
      ? `| \`${one.model}\`, ${one.epochs} epochs, batch ${one.batch} | ${who} | ${seconds(one.secondsToGoal)} | ${seconds(one.seconds)} | ${(100 * one.testAccuracy).toFixed(2)} % |`
      : `| \`${one.model}\`, ${one.epochs} epochs, batch ${one.batch} | ${who} | – | ${one.problem} | – |`;
  const shoal = ({ localSteps }) =>
    `Shoal, one worker, ${localSteps === 1 ? 'synchronous steps' : `rounds of ${localSteps} local steps`}, images distorted where the preset says so`;
  const models = [...new Set([...own, ...peers].map(({ model }) => model))];
  return [
    '| Training | Who | To 99 % of the validation set | To the end | Test accuracy |',
    '|---|---|---:|---:|---:|',
    ...models.flatMap((model) => [
      ...peers.filter((one) => one.model === model).map((one) => row('PyTorch', one)),
      ...own.filter((one) => one.model === model).map((one) => row(shoal(one), one)),
    ]),
    '',
  ];
}
