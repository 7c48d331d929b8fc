/** Every layer and loss head as a Python program, run by PyTorch where there is one, against this project's own engine. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportModel } from '../checkpoint/modelFile.ts';
import { COUNT, EXPORTED, exportCase, HOUSES, HOUSES_MODEL, TOLERANCE } from './exportedModels.suite.ts';
import { exportPyTorch } from './pytorch.ts';

const python = process.env.SHOAL_PYTHON ?? 'python3';
const hasTorch = spawnSync(python, ['-c', 'import torch'], { encoding: 'utf8' }).status === 0;

/** One process for all models, since importing PyTorch takes seconds. */
const PROGRAM = `
import importlib.util, json, pathlib, sys
import torch
answers = []
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    spec = importlib.util.spec_from_file_location(folder.name, folder / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.load()
    inputs = torch.tensor(json.loads((folder / "inputs.json").read_text())).reshape(-1, *module.INPUT)
    with torch.no_grad():
        outputs = model(inputs)
        answers.append({"outputs": outputs.flatten().tolist(), "probabilities": module.probabilities(outputs).sum(dim=1).tolist()})
    if hasattr(module, "COLUMNS"):
        answers[-1]["row"] = module.prepare({"area": 140, "city": "K\\u00f6ln"}).flatten().tolist()
print(json.dumps(answers))
`;

it.skipIf(!hasTorch)('PyTorch gives the same outputs of every layer', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-pytorch-'));
  try {
    const cases = await Promise.all([...EXPORTED.map(([, spec]) => spec), HOUSES_MODEL].map(exportCase));
    for (const [i, { model, parameters, inputs }] of cases.entries()) {
      const own = join(folder, String(i).padStart(3, '0'));
      mkdirSync(own);
      writeFileSync(
        join(own, 'model.py'),
        exportPyTorch(model, i === cases.length - 1 ? HOUSES : null, 'model.safetensors'),
      );
      writeFileSync(join(own, 'model.safetensors'), exportModel(model, parameters));
      writeFileSync(join(own, 'inputs.json'), JSON.stringify([...inputs]));
    }
    const { stdout, stderr } = spawnSync(python, ['-c', PROGRAM, folder], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    expect(stdout, stderr).not.toBe('');
    const answers = JSON.parse(stdout) as { outputs: number[]; probabilities: number[]; row?: number[] }[];
    expect(answers).toHaveLength(cases.length);
    for (const [i, { outputs, model }] of cases.entries()) {
      const text = JSON.stringify(model.spec);
      expect(answers[i]?.outputs, text).toHaveLength(outputs.length);
      outputs.forEach((value, k) => {
        expect(Math.abs((answers[i]?.outputs[k] ?? Number.NaN) - value), text).toBeLessThanOrEqual(
          TOLERANCE * Math.max(1, Math.abs(value)),
        );
      });
      if (model.loss === 'cross_entropy')
        for (const sum of answers[i]?.probabilities ?? []) expect(sum).toBeCloseTo(1, 5);
    }
    expect(answers.at(-1)?.row).toEqual([2, 0, 1]);
    expect(COUNT).toBeGreaterThan(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
