/**
 * The entry of the `shoal` command: runs it and leaves its exit code: 0 done, 1 run failed or output incomplete, 2 wrong
 * usage, 129, 130 or 143 ended by a signal.
 */
import { endWithoutTerminal } from '@shoal/worker';
import { collectGarbageLazily, compileSoon } from '../engineFlags.ts';
import { reportFailure } from './failure.ts';
import { outliveTerminal } from './interrupt.ts';
import { outputsToTheEnd, watchOutput } from './outputLoss.ts';
import { runCommand } from './program.ts';
import { hideSecrets } from './secrets.ts';

endWithoutTerminal();
outliveTerminal();
watchOutput();
collectGarbageLazily();
compileSoon();
const args = process.argv.slice(2);
hideSecrets(args);
let code: number;
try {
  code = await runCommand(args);
} catch (error) {
  code = reportFailure(error, args.includes('--json'));
}
process.exitCode = await outputsToTheEnd(code);
