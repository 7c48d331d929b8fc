/** What every engine must do, as suites that an engine's own test calls. */
import { agreementWithReference } from './agreement.suite.ts';
import type { DeviceEngine, Engine } from './engine.ts';
import { executorPromises } from './promises.suite.ts';
import { threadPromises } from './threadPromises.suite.ts';

/** `name` is what the tests are listed under. */
export function engineConformance(name: string, engine: Engine): void {
  agreementWithReference(name, engine);
  executorPromises(name, engine);
  threadPromises(name, engine);
}

/** Of an engine on a device, whose executors answer later. */
export function deviceConformance(name: string, engine: DeviceEngine): void {
  agreementWithReference(name, engine);
  executorPromises(name, engine);
}
