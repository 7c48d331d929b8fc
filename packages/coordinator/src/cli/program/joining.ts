/** Commands that take part in what another machine trains. */
import { ENGINE_NAMES } from '@shoal/core';
import { type Command, Option } from 'commander';
import { readPublicUrl } from '../../server/publicUrl.ts';
import { LINK_ROLES } from '../choices.ts';
import { addJsonOption, addOutOption, addServingOptions } from '../options.ts';
import { whole } from '../values.ts';
import { examples, type Finish, WORDS_ARE_SEEN } from './parts.ts';

export function addJoining(program: Command, finish: Finish): void {
  const worker = program
    .command('worker')
    .description('compute for a coordinator')
    .argument(
      '[link]',
      'the join link that the coordinator printed; "-" reads it from standard input, or asks for it',
    )
    .option('--link-file <file>', 'file that holds the join link')
    .option(
      '--threads <n>',
      'threads to compute with (default: all; one for a graphics processor)',
      whole('--threads', 1, 1024),
    )
    .addOption(
      new Option(
        '--token-file <file>',
        'file that holds the join token, when the link has none; "-" for standard input',
      ).env('SHOAL_TOKEN_FILE'),
    )
    .addOption(
      new Option('--token <text>', 'the token itself, which others on this machine can then see').env(
        'SHOAL_TOKEN',
      ),
    )
    .addOption(
      new Option(
        '--status-file <file>',
        'rewrite this file every second with what the worker does, for a health check',
      ).env('SHOAL_STATUS_FILE'),
    )
    .option(
      '--memory <mebibytes>',
      'what a coordinator may make this worker hold: model, data set and leases (default: half of the memory here)',
      whole('--memory', 16, 1_048_576),
    )
    .addOption(
      new Option(
        '--engine <name>',
        'the one engine to compute with (default: the fastest of the processor)',
      ).choices(ENGINE_NAMES.filter((name) => name !== 'reference')),
    )
    .option(
      '--device <name>',
      'with --engine webgpu: which graphics processor, by a part of its name or its number',
    )
    .option('--name <name>', 'how others see this worker (default: "worker-" and four random characters)');
  addJsonOption(worker)
    .action(async (link, options) => finish((await import('../commands/worker.ts')).work(link, options)))
    .addHelpText(
      'after',
      `\n${WORDS_ARE_SEEN}\n${examples(
        'shoal worker -                               asks for the link',
        'shoal worker - < link.txt',
        'shoal worker --link-file link.txt --threads 2',
        'shoal worker --link-file link.txt --engine webgpu',
        'shoal worker http://192.168.1.20:7465/join#TOKEN',
      )}`,
    );

  const gatewayCommand = program
    .command('gateway')
    .description('let others compute for a coordinator by way of this machine')
    .argument(
      '[link]',
      'the link for gateways ("shoal link gateway" prints it); "-" reads it from standard input, or asks for it',
    )
    .option('--link-file <file>', 'file that holds the link')
    .addOption(new Option('--token-file <file>', 'file that holds the token, when the link has none'))
    .addOption(new Option('--token <text>', 'the token itself, which others on this machine can then see'))
    .addOption(
      new Option('--status-file <file>', 'rewrite this file every second, for a health check').env(
        'SHOAL_STATUS_FILE',
      ),
    )
    .option(
      '--memory <mebibytes>',
      'what it may hold: parameters, sums and data blocks (default: half of the memory here)',
      whole('--memory', 16, 1_048_576),
    )
    .option(
      '--other-address <url>',
      'where workers may go when this gateway is gone, beside the coordinator; may be repeated',
      (value: string, before: readonly string[] = []) => {
        const { origin, basePath } = readPublicUrl(value, '--other-address');
        return [...before, origin + basePath];
      },
    )
    .option('--name <name>', 'how others see this gateway (default: "gateway-" and four random characters)');
  addJsonOption(addServingOptions(gatewayCommand))
    .action(async (link, options) => finish((await import('../commands/gateway.ts')).gateway(link, options)))
    .addHelpText(
      'after',
      `\n${WORDS_ARE_SEEN}\n${examples(
        'shoal gateway -                              asks for the link',
        'shoal gateway --link-file link.txt --port 7466',
        'shoal gateway --link-file link.txt --public-url https://europe.example.org',
      )}`,
    );

  const linkCommand = program
    .command('link')
    .description('print a link of a coordinator that runs on this machine')
    .argument('<role>', `whom it lets in: ${LINK_ROLES.join(', ')}`)
    .argument('[run]', 'name of the run; without one, of a coordinator that waits for runs ("shoal serve")')
    .option('--url <url>', 'address of the coordinator (default: this machine, at the port in its folder)');
  addJsonOption(addOutOption(linkCommand))
    .action(async (role, run, options) =>
      finish((await import('../commands/link.ts')).printLink(role, run, options)),
    )
    .addHelpText(
      'after',
      examples('shoal link gateway', 'shoal link gateway mnist-cnn-20260105-101500-3f2a'),
    );
}
