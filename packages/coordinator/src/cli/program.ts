/** `shoal`: its commands are defined under `program/`, and the work of each stands in a file of its own under `commands/`. */
import { Command, CommanderError } from 'commander';
import { err, out } from '../terminal/terminal.ts';
import { packageVersion } from '../version.ts';
import { addJoining } from './program/joining.ts';
import { addMachine } from './program/machine.ts';
import { addModels } from './program/models.ts';
import { examples, type Finish } from './program/parts.ts';
import { addRuns } from './program/runs.ts';
import { addSweeps } from './program/sweeps.ts';
import { addTraining } from './program/training.ts';
import { usageError } from './usage.ts';

/** Runs one command line. @returns the exit code @throws UserError and its kin for wrong usage */
export async function runCommand(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = buildProgram(async (result) => {
    code = await result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for and the version have been printed; help in place of a missing command is an error.
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return 0;
    if (error.code === 'commander.help') return args.includes('help') ? 0 : 2;
    throw usageError(error, program, args);
  }
  return code;
}

function buildProgram(finish: Finish): Command {
  const program = new Command('shoal')
    .description('Train neural networks on whatever computers are in the room.')
    .version(packageVersion(), '--version', 'print the version')
    .exitOverride()
    // Errors become sentences of our own; help that stands in for a missing command still shows.
    .configureOutput({
      writeOut: (text) => out.text(text),
      writeErr: (text) => err.text(text),
      outputError: () => {},
    })
    .showSuggestionAfterError(false)
    .addHelpText(
      'after',
      examples(
        'shoal train                                  mnist-mlp with two local workers',
        'shoal train --preset mnist-cnn --set epochs=3',
        'shoal lecture                                the whole chapter, live, in the browser',
        'shoal worker -                               compute for another machine: asks for the join link',
        'shoal presets                                what else there is to train',
      ),
    );
  addTraining(program, finish);
  addSweeps(program, finish);
  addJoining(program, finish);
  addRuns(program, finish);
  addModels(program, finish);
  addMachine(program, finish);
  return program;
}
