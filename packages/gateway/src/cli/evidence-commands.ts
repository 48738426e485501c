// `playgate evidence`: what a gateway can prove, as files.
import { type Command, InvalidArgumentError } from 'commander';
import { countOf } from './count-of.ts';
import { exportEvidence } from './export-evidence.ts';
import { askGateway, type GatewayOptions, withGatewayOptions } from './gateway-http.ts';
import type { CommandPorts } from './program.ts';
import { startProgress } from './progress-bar.ts';

interface ExportOptions extends GatewayOptions {
  readonly out: string;
  readonly purpose: string;
  readonly fromSeq?: number;
  readonly toSeq?: number;
  readonly json?: true;
}

const REGULATOR_KEY = 'key of a regulator, rk_...';
const PURPOSE = 'export of evidence';

export function addEvidenceCommands(program: Command, ports: Pick<CommandPorts, 'print' | 'note'>): void {
  const evidence = program.command('evidence').description('the record as evidence that can be checked offline');
  withGatewayOptions(evidence.command('export'), REGULATOR_KEY)
    .description('write checkpoint, entries and keys to a directory; run again, it goes on where it was')
    .requiredOption('--out <dir>', 'directory to write to')
    .option('--from-seq <seq>', 'first entry; 0 if left out', readSeq)
    .option('--to-seq <seq>', 'last entry; the last there is if left out', readSeq)
    .option('--purpose <text>', 'why it is asked, for the access log', PURPOSE)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nThen: playgate verify <dir> --key <public key of the gateway>')
    .action((options: ExportOptions) => exportCommand(options, ports));
  withGatewayOptions(evidence.command('key'), null)
    .description('print the public key that signs now; keep it, from this gateway itself, for `playgate verify --key`')
    .action(async (options: GatewayOptions) => {
      const response = await askGateway(options, { path: '/v1/evidence/keys' });
      const { keys } = (await response.json()) as { readonly keys: readonly { readonly verifierKey: string }[] };
      ports.print(keys[0]!.verifierKey);
    });
}

async function exportCommand(options: ExportOptions, { note, print }: Pick<CommandPorts, 'print' | 'note'>) {
  const { fromSeq = null, json, out: directory, purpose, toSeq = null } = options;
  const exported = await exportEvidence({
    gateway: options,
    purpose,
    directory,
    fromSeq,
    toSeq,
    startProgress: (total) => startProgress('entries', total),
  });
  if (json) return print(JSON.stringify({ directory, ...exported }));
  print(
    `${exported.entries} of ${countOf(exported.size, 'entry', 'entries')} in ${directory}, ${exported.known} of them from before`,
  );
  note(`Check them, offline too: playgate verify ${directory} --key <public key of the gateway>`);
}

function readSeq(text: string): number {
  const seq = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seq)) return seq;
  throw new InvalidArgumentError('must be a whole number from 0 on');
}
