// What every player of a room sees.
import { type SchemaType, schema, t } from '@colyseus/schema';

export const Player = schema({ x: t.number(), y: t.number() }, 'Player');
export type Player = SchemaType<typeof Player>;

export const ArenaState = schema({ players: t.map(Player) }, 'ArenaState');
export type ArenaState = SchemaType<typeof ArenaState>;
