import type { Command } from 'commander';
import { exportPlayerCommand } from './export-player.ts';
import type { CommandPorts } from './program.ts';

export function addPlayersCommands(program: Command, ports: CommandPorts): void {
  program
    .command('players')
    .description('what is held about players')
    .command('export <playerId>')
    .description('print everything held about a player as JSON')
    .option('--world <world>', 'only in this world: live:<providerId> or test:<providerId>')
    .action((playerId: string, options: { readonly world?: string }) =>
      exportPlayerCommand(ports, playerId, options.world ?? null),
    );
}
