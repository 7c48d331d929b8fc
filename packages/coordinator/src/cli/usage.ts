/** Turns what commander finds wrong with a command line into sentences with the nearest known name. */
import { nearestName, presets, suggestion } from '@shoal/core';
import type { Command, CommanderError } from 'commander';
import { UserError } from '../errors.ts';

/** The sentence for a command line that commander refused. */
export function usageError(error: CommanderError, program: Command, args: readonly string[]): UserError {
  const command = commandOf(program, args);
  const name = pathOf(command);
  const help = `See "${name} --help".`;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption': {
      const known = command.options.flatMap((option) => (option.long == null ? [] : [option.long]));
      if (/^-\d{8}-/.test(quoted)) {
        return new UserError(
          `${quoted} begins with a dash and is read as an option: name that run by its folder, such as ./runs/${quoted}.`,
        );
      }
      const field = quoted.replace(/^--/, '');
      if (isSpecField(field) && known.includes('--set')) {
        return new UserError(
          `${name} has no option ${quoted}, but the run spec has: write --set ${field}=VALUE.`,
        );
      }
      const nearest = nearestName(quoted, [...known, '--help']);
      return new UserError(`${name} has no option ${quoted}: did you mean ${nearest}? ${help}`);
    }
    case 'commander.unknownCommand': {
      const known = command.commands.map((one) => one.name());
      return new UserError(`There is no command "${quoted}": ${suggestion(quoted, known)} ${help}`);
    }
    case 'commander.excessArguments':
      return new UserError(`${name} was given more words than it takes: ${args.join(' ')}. ${help}`);
    case 'commander.missingArgument':
      return new UserError(`${name} needs to know ${quoted.toUpperCase()}. ${help}`);
    case 'commander.optionMissingArgument':
      if (quoted.startsWith('--trust-proxy')) {
        return new UserError(
          `--trust-proxy needs the addresses of your proxies, such as --trust-proxy loopback or --trust-proxy 10.42.0.0/16: believed from anybody, X-Forwarded-For would let everybody pose as any address. ${help}`,
        );
      }
      return new UserError(`The option ${quoted} needs a value after it. ${help}`);
    default: {
      const text = error.message.replace(/^error: /, '').replace(/\.?$/, '.');
      return new UserError(`${text.charAt(0).toUpperCase()}${text.slice(1)} ${help}`);
    }
  }
}

/** `epochs`, `optimizer.lr`: what somebody may take for an option. */
function isSpecField(name: string): boolean {
  const [preset] = presets;
  return preset !== undefined && Object.hasOwn(preset, name.split('.')[0] ?? '');
}

/** The subcommand that the words lead to. */
function commandOf(program: Command, args: readonly string[]): Command {
  let command = program;
  for (const word of args) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
  }
  return command;
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
