// What an agent sees of its seats, of who plays at them, and of what was played.
import { AGE_BANDS } from '@playgate/policy';
import * as z from 'zod';
import {
  AGENT_NOTE_LENGTH_MAX,
  LABEL_LENGTH_MAX,
  LICENCE_NO_LENGTH_MAX,
  NAME_LENGTH_MAX,
  PROVINCE_LENGTH_MAX,
  STATIONS_MAX,
} from '../limits.ts';
import { LIVE_STATES, MODES } from '../vocabulary.ts';
import { refusalReason } from './denial.ts';
import { gameId, replyIds } from './ids.ts';
import { printable, word } from './text.ts';
import { durationMs, instant, wallTime } from './time.ts';

const ageBand = z.enum(AGE_BANDS);
const mode = z.enum(MODES);
const stationLabel = z.string().max(LABEL_LENGTH_MAX);
const licenceNo = z.string().max(LICENCE_NO_LENGTH_MAX);

/** Why staff ended a session: a code or a short sentence. */
export const agentNote = printable(AGENT_NOTE_LENGTH_MAX);

export const agent = z
  .object({
    agentId: replyIds.agentId,
    name: z.string().max(NAME_LENGTH_MAX),
    licenceNo,
    province: z.string().max(PROVINCE_LENGTH_MAX),
    opensAt: wallTime,
    closesAt: wallTime,
    stations: z.int().min(0).max(STATIONS_MAX).meta({ description: 'Seats whose token is good.' }),
    createdAt: instant,
  })
  .meta({ id: 'Agent' });

export const station = z
  .object({
    stationId: replyIds.stationId,
    label: stationLabel,
    createdAt: instant,
    revokedAt: instant.nullable().meta({ description: 'From here on its token is refused; null: it is good.' }),
  })
  .meta({ id: 'Station' });

export const agentSession = z
  .object({
    sessionId: replyIds.sessionId,
    stationId: replyIds.stationId,
    stationLabel,
    providerId: replyIds.providerId,
    mode,
    playerId: replyIds.playerId,
    gameId,
    ageBand,
    startedAt: instant,
    lastBeatAt: instant,
    endsAt: instant.nullable().meta({ description: 'When the session must end if play goes on without a break.' }),
    remainingMs: durationMs.nullable().meta({ description: 'Null: nothing limits this player.' }),
    state: z.enum(LIVE_STATES).meta({
      description:
        '`silent`: no heartbeat for longer than the lease; it clears itself unless it comes back. `ending`: play must ' +
        'have stopped already, and the next heartbeat is told so.',
    }),
  })
  .meta({ id: 'AgentSession', description: 'Instants are in the time of its world.' });

export const accessLogRow = z
  .object({
    licenceNo,
    station: stationLabel.meta({ description: 'The label of the seat.' }),
    playerId: replyIds.playerId.nullable().meta({ description: 'Null once the player was erased.' }),
    ageBand: ageBand.nullable().meta({ description: 'At the start.' }),
    gameId,
    startedAt: instant.meta({ description: 'Of a refused start: when it was asked for.' }),
    endedAt: instant.nullable().meta({ description: 'Null: it goes on, or never began.' }),
    endReason: word.nullable(),
    deniedReason: refusalReason.nullable().meta({ description: 'Null: it was played.' }),
    stationId: replyIds.stationId,
    providerId: replyIds.providerId,
    mode,
    sessionId: replyIds.sessionId.nullable().meta({ description: 'Null: the start was refused.' }),
    endNote: z.string().max(AGENT_NOTE_LENGTH_MAX).nullable().meta({ description: 'What staff gave as the reason.' }),
  })
  .meta({ id: 'AgentAccessLogRow' });

/** In the order of the columns of the CSV. */
export const ACCESS_LOG_COLUMNS = Object.keys(accessLogRow.shape) as readonly (keyof typeof accessLogRow.shape)[];
