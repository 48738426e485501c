// Ids. Requests take anything that looks like an id, so that an unknown one is `not_found` rather than `invalid_request`.
import * as z from 'zod';
import { ID_LENGTH_MAX } from '../limits.ts';

/** Any id in a request. `name` is for the document: `session`, prefix `ses`. */
function idInRequest(name: string, prefix: string) {
  return z
    .string()
    .max(ID_LENGTH_MAX)
    .regex(/^[A-Za-z0-9_-]+$/, 'must be an id')
    .meta({ description: `Id of the ${name}.`, examples: [`${prefix}_4mBq0sYw2K`] });
}

function idInReply(prefix: string) {
  return z
    .string()
    .max(ID_LENGTH_MAX)
    .regex(new RegExp(`^${prefix}_[A-Za-z0-9_-]+$`))
    .meta({ examples: [`${prefix}_4mBq0sYw2K`] });
}

export const requestIds = {
  providerId: idInRequest('provider', 'prv'),
  keyId: idInRequest('key', 'key'),
  verificationId: idInRequest('verification', 'ver'),
  playerId: idInRequest('player', 'ply'),
  agentId: idInRequest('agent', 'agt'),
  sessionId: idInRequest('session', 'ses'),
  guardianLinkId: idInRequest('link', 'gln'),
  stationId: idInRequest('seat', 'sta'),
  regulatorId: idInRequest('regulator', 'reg'),
  correctionId: idInRequest('correction', 'cor'),
  endpointId: idInRequest('endpoint', 'whe'),
  policyId: idInRequest('policy', 'pol').meta({ description: 'Id of a policy pack.', examples: ['vn-147-2024'] }),
} as const;

export const replyIds = {
  providerId: idInReply('prv'),
  keyId: idInReply('key'),
  agentId: idInReply('agt'),
  stationId: idInReply('sta'),
  regulatorId: idInReply('reg'),
  verificationId: idInReply('ver'),
  playerId: idInReply('ply'),
  sessionId: idInReply('ses'),
  guardianId: idInReply('grd'),
  guardianLinkId: idInReply('gln'),
  correctionId: idInReply('cor'),
  endpointId: idInReply('whe'),
  eventId: idInReply('evt'),
} as const;

/** Chosen by the provider or made (`gam_...`). */
export const gameId = z
  .string()
  .max(ID_LENGTH_MAX)
  .regex(/^[A-Za-z0-9_.-]+$/, 'must be an id')
  .meta({ description: 'Id of the game within the provider.', examples: ['star-garden'] });
