/** The entry of the `shoal` command: runs it and leaves its exit code (0 done, 1 run failed, 2 wrong usage). */
import { collectGarbageLazily } from '../heap.ts';
import { reportFailure } from './failure.ts';
import { runCommand } from './program.ts';

// A reader that goes away (`shoal … | head`) ends the output, not with a stack trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

collectGarbageLazily();
const args = process.argv.slice(2);
let code: number;
try {
  code = await runCommand(args);
} catch (error) {
  code = reportFailure(error, args.includes('--json'));
}
process.exitCode = code;
