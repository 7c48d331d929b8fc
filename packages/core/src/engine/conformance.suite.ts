/** What every engine must do, as one suite that an engine's own test calls. */
import { agreementWithReference } from './agreement.suite.ts';
import type { Engine } from './engine.ts';
import { executorPromises } from './promises.suite.ts';

/** `name` is what the tests are listed under. */
export function engineConformance(name: string, engine: Engine): void {
  agreementWithReference(name, engine);
  executorPromises(name, engine);
}
