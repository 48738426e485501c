// `playgate regulators`: who may read the record, from a running gateway.
import type { OperationOf, ReplyBody } from '@playgate/contract';
import type { Command } from 'commander';
import { askGateway, type GatewayOptions, withGatewayOptions } from './gateway-http.ts';
import type { CommandPorts } from './program.ts';

interface CreateOptions extends GatewayOptions {
  readonly name: string;
  readonly province: readonly string[];
  readonly provider: readonly string[];
  readonly json: boolean;
}

const OPERATOR_KEY = 'admin token';

export function addRegulatorsCommands(program: Command, ports: Pick<CommandPorts, 'note' | 'print'>): void {
  const regulators = program.command('regulators').description('ministries and departments that may read the record');
  withGatewayOptions(regulators.command('create'), OPERATOR_KEY)
    .description('register a regulator; its key is shown once')
    .requiredOption('--name <name>', 'name of the authority')
    .option('--province <name>', 'it sees only agents of this province; may be given again', collect, [])
    .option('--provider <id>', 'it sees only this provider; may be given again', collect, [])
    .option('--json', 'print the answer as JSON', false)
    .action(async (options: CreateOptions) => {
      const { name, province: provinces, provider: providerIds } = options;
      const scope = { ...(provinces.length > 0 && { provinces }), ...(providerIds.length > 0 && { providerIds }) };
      const body = { name, ...(Object.keys(scope).length > 0 && { scope }) };
      const response = await askGateway(options, { method: 'POST', path: '/v1/admin/regulators', body });
      tell(ports, options.json, (await response.json()) as ReplyBody<OperationOf<'createRegulator'>>);
    });
  withGatewayOptions(regulators.command('issue-key <regulatorId>'), OPERATOR_KEY)
    .description('give a regulator one more key; it is shown once')
    .option('--json', 'print the answer as JSON', false)
    .action(async (regulatorId: string, options: GatewayOptions & { readonly json: boolean }) => {
      const path = `/v1/admin/regulators/${encodeURIComponent(regulatorId)}/keys`;
      const response = await askGateway(options, { method: 'POST', path });
      const issued = (await response.json()) as ReplyBody<OperationOf<'issueRegulatorKey'>>;
      tell(ports, options.json, { ...issued, regulatorId });
    });
}

const collect = (value: string, values: readonly string[]): readonly string[] => [...values, value];

function tell(
  { note, print }: Pick<CommandPorts, 'note' | 'print'>,
  json: boolean,
  made: { readonly regulatorId: string; readonly key: string },
): void {
  print(json ? JSON.stringify(made) : `regulator ${made.regulatorId}\nkey       ${made.key}`);
  note('Hand the key over now: it is not shown again.');
}
