// `playgate agents`: the operator's view of agents, and an agent's own view of its seats.
import type { OperationId, OperationOf, ReplyBody } from '@playgate/contract';
import type { Command } from 'commander';
import { countOf } from './count-of.ts';
import { askGateway, type GatewayOptions, withGatewayOptions } from './gateway-http.ts';
import type { CommandPorts } from './program.ts';

type Ports = Pick<CommandPorts, 'print' | 'note'>;
type Reply<Id extends OperationId> = ReplyBody<OperationOf<Id>>;

interface Options extends GatewayOptions {
  readonly json?: true;
}

const OPERATOR_KEY = 'admin token';
const AGENT_KEY = 'key of the agent, ak_...';

export function addAgentsCommands(program: Command, ports: Ports): void {
  const agents = program.command('agents').description('internet cafés: register them, their seats, who plays there');
  addOperatorCommands(agents, ports);
  addStationsCommands(agents, ports);
  addPlayCommands(agents, ports);
}

function addOperatorCommands(agents: Command, ports: Ports): void {
  withJson(withGatewayOptions(agents.command('create'), OPERATOR_KEY))
    .description('register an agent; its key is shown once')
    .requiredOption('--name <name>', 'name of the shop')
    .requiredOption('--licence <licenceNo>', 'number of its licence')
    .requiredOption('--province <province>', 'province or city')
    .option('--opens <HH:MM>', 'opening time; 08:00 if left out')
    .option('--closes <HH:MM>', 'closing time; 22:00 if left out')
    .action(async (options: Options & NewAgent) => {
      const { closes: closesAt, licence: licenceNo, name, opens: opensAt, province } = options;
      const hours = { ...(opensAt !== undefined && { opensAt }), ...(closesAt !== undefined && { closesAt }) };
      const body = { name, licenceNo, province, ...hours };
      const made = await ask<Reply<'createAgent'>>(options, { method: 'POST', path: '/v1/admin/agents', body });
      if (options.json) return ports.print(JSON.stringify(made));
      ports.print(`agent ${made.agentId}`);
      ports.print(`key   ${made.key}`);
      ports.note('Give the key to the shop now: it is not shown again.');
    });
  withJson(withGatewayOptions(agents.command('list'), OPERATOR_KEY))
    .description('list the agents')
    .option('--province <province>', 'only of this province')
    .action((options: Options & { readonly province?: string }) => listAgents(options, ports));
}

interface NewAgent {
  readonly name: string;
  readonly licence: string;
  readonly province: string;
  readonly opens?: string;
  readonly closes?: string;
}

async function listAgents(options: Options & { readonly province?: string }, { print }: Ports): Promise<void> {
  const { json, province } = options;
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ ...(province && { province }), ...(cursor && { cursor }) });
    const page: Reply<'listAgents'> = await ask(options, { path: `/v1/admin/agents?${query}` });
    for (const agent of page.agents) {
      const { agentId, closesAt, licenceNo, name, opensAt, province: place, stations } = agent;
      const columns = [agentId, `${opensAt}-${closesAt}`, countOf(stations, 'seat'), licenceNo, place, name];
      print(json ? JSON.stringify(agent) : columns.join('  '));
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function addStationsCommands(agents: Command, { note, print }: Ports): void {
  const stations = agents.command('stations').description('the seats of one agent');
  withJson(withGatewayOptions(stations.command('list', { isDefault: true }), AGENT_KEY))
    .description('list the seats (default)')
    .action(async (options: Options) => {
      const reply = await ask<Reply<'listStations'>>(options, { path: '/v1/stations' });
      for (const station of reply.stations) {
        const state = station.revokedAt === null ? 'good' : `revoked ${station.revokedAt}`;
        print(options.json ? JSON.stringify(station) : `${station.stationId}  ${station.label}  ${state}`);
      }
    });
  const tell = (options: Options, station: Reply<'createStation'>) => {
    if (options.json) return print(JSON.stringify(station));
    print(`station ${station.stationId}`);
    print(`token   ${station.stationToken}`);
    note('Put the token on that seat now: it is not shown again.');
  };
  withJson(withGatewayOptions(stations.command('add <label>'), AGENT_KEY))
    .description('register a seat; its token is shown once')
    .action(async (label: string, options: Options) =>
      tell(options, await ask(options, { method: 'POST', path: '/v1/stations', body: { label } })),
    );
  withJson(withGatewayOptions(stations.command('renew <stationId>'), AGENT_KEY))
    .description('give a seat a new token; the one before is refused at once')
    .action(async (stationId: string, options: Options) =>
      tell(
        options,
        await ask(options, { method: 'POST', path: `/v1/stations/${encodeURIComponent(stationId)}/tokens` }),
      ),
    );
  withGatewayOptions(stations.command('revoke <stationId>'), AGENT_KEY)
    .description('refuse the token of a seat from now on')
    .action(async (stationId: string, options: Options) => {
      await askGateway(options, { method: 'DELETE', path: `/v1/stations/${encodeURIComponent(stationId)}` });
      print(`${stationId} is revoked`);
    });
}

function addPlayCommands(agents: Command, { print }: Ports): void {
  withJson(withGatewayOptions(agents.command('sessions'), AGENT_KEY))
    .description('who plays at the seats now')
    .action(async (options: Options) => {
      const { sessions } = await ask<Reply<'listAgentSessions'>>(options, { path: '/v1/agent/sessions' });
      for (const session of sessions) print(options.json ? JSON.stringify(session) : sessionLine(session));
    });
  withJson(withGatewayOptions(agents.command('end <sessionId>'), AGENT_KEY))
    .description('end a session now; the seat learns of it with its next heartbeat')
    .requiredOption('--reason <text>', 'for the access log; no names')
    .action(async (sessionId: string, options: Options & { readonly reason: string }) => {
      const path = `/v1/agent/sessions/${encodeURIComponent(sessionId)}/end`;
      const body = { reason: options.reason };
      const end = await ask<Reply<'endAgentSession'>>(options, { method: 'POST', path, body });
      print(
        options.json
          ? JSON.stringify(end)
          : `${end.sessionId} ended at ${end.endedAt}${end.wasOver ? ' (before)' : ''}`,
      );
    });
  withGatewayOptions(agents.command('access-log'), AGENT_KEY)
    .description('print the access log of a period as CSV')
    .option('--from <date>', 'first day, YYYY-MM-DD; the last one if left out')
    .option('--to <date>', 'last day; today if left out')
    .option('--mode <mode>', 'only test or live play')
    .action(async (options: Options & { readonly from?: string; readonly to?: string; readonly mode?: string }) => {
      const { from, mode, to } = options;
      const query = new URLSearchParams({
        format: 'csv',
        ...(from && { from }),
        ...(to && { to }),
        ...(mode && { mode }),
      });
      const response = await askGateway(options, { path: `/v1/agent/access-log?${query}` });
      // `text()` would drop the mark that a spreadsheet needs in the file this goes to.
      print(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer()).trimEnd());
    });
}

function sessionLine(session: Reply<'listAgentSessions'>['sessions'][number]): string {
  const { ageBand, endsAt, gameId, sessionId, state, stationLabel } = session;
  return [stationLabel, sessionId, gameId, ageBand, state, endsAt === null ? 'no end' : `until ${endsAt}`].join('  ');
}

function withJson(command: Command): Command {
  return command.option('--json', 'one JSON object a line');
}

async function ask<Answer>(options: Options, request: Parameters<typeof askGateway>[1]): Promise<Answer> {
  return (await (await askGateway(options, request)).json()) as Answer;
}
